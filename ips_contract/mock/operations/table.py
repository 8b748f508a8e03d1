"""The operations that the mock plays: a request's fields → the fields of its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.mock.operations.asset_changes import ASSET_CHANGES
from ips_contract.mock.operations.company_settings import COMPANY_SETTINGS
from ips_contract.mock.operations.folders import (
    create_folder,
    delete_folder,
    get_folder_tree,
    get_folders,
    move_folder,
    rename_folder,
)
from ips_contract.mock.operations.image_parts import IMAGE_PARTS
from ips_contract.mock.operations.job_control import (
    delete_job,
    execute_job,
    pause_job,
    resume_job,
    stop_job,
    submit_job,
)
from ips_contract.mock.operations.job_lists import get_active_jobs, get_scheduled_jobs
from ips_contract.mock.operations.job_logs import (
    get_asset_job_logs,
    get_job_log_details,
    get_job_logs,
)
from ips_contract.mock.operations.members import MEMBERS
from ips_contract.mock.operations.metadata import (
    add_tag_field_values,
    batch_set_asset_metadata,
    create_metadata_field,
    delete_metadata_field,
    delete_tag_field_values,
    get_asset_metadata_fields,
    get_distinct_metadata_values,
    get_metadata_fields,
    get_tag_field_values,
    get_unique_metadata_values,
    save_metadata_field,
    set_tag_field_values,
    update_metadata_field,
    update_tag_field_values,
)
from ips_contract.mock.operations.new_assets import NEW_ASSETS
from ips_contract.mock.operations.permissions import PERMISSIONS
from ips_contract.mock.operations.property_sets import (
    create_property_set,
    create_property_set_type,
    delete_property_set,
    delete_property_set_type,
    get_property_set_type,
    get_property_set_types,
    get_property_sets,
    update_property_set,
)
from ips_contract.mock.operations.publish_history import get_asset_publish_history
from ips_contract.mock.operations.publishing import (
    batch_get_asset_publish_contexts,
    cdn_cache_invalidation,
    get_active_publish_contexts,
    get_cdn_cache_invalidation_status,
)
from ips_contract.mock.operations.records import RECORDS
from ips_contract.mock.operations.searches import (
    check_asset_names,
    get_asset_counts,
    get_assets,
    get_assets_by_name,
    get_associated_assets,
    get_generation_info,
    get_original_file_paths,
    search_assets,
    search_assets_by_metadata,
)
from ips_contract.mock.operations.sets import (
    create_asset_set,
    create_image_set,
    get_image_set_members,
    set_image_set_members,
    update_set,
)
from ips_contract.mock.operations.user_changes import USER_CHANGES
from ips_contract.mock.operations.users_and_companies import (
    check_login,
    get_company_info,
    get_user_info,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ips_contract.mock.operations.call import Call
    from ips_contract.mock.operations.job_details import Values
    from ips_contract.mock.state.store import Store

# Logins and jobs: what a client of submitJob asks for. Contract coverage counts these in any case.
JOB_FAMILY: dict[str, Callable[[Store, Call], Values]] = {
    "submitJob": submit_job,
    "getActiveJobs": get_active_jobs,
    "getScheduledJobs": get_scheduled_jobs,
    "stopJob": stop_job,
    "pauseJob": pause_job,
    "resumeJob": resume_job,
    "executeJob": execute_job,
    "deleteJob": delete_job,
    "getJobLogs": get_job_logs,
    "getJobLogDetails": get_job_log_details,
    "checkLogin": check_login,
    "getCompanyInfo": get_company_info,
    "getUserInfo": get_user_info,
}
OPERATIONS: dict[str, Callable[[Store, Call], Values]] = {
    **JOB_FAMILY,
    "getAssetJobLogs": get_asset_job_logs,
    "getFolders": get_folders,
    "getFolderTree": get_folder_tree,
    "createFolder": create_folder,
    "renameFolder": rename_folder,
    "moveFolder": move_folder,
    "deleteFolder": delete_folder,
    "searchAssets": search_assets,
    "searchAssetsByMetadata": search_assets_by_metadata,
    "getAssets": get_assets,
    "getAssetsByName": get_assets_by_name,
    "getAssetCounts": get_asset_counts,
    "checkAssetNames": check_asset_names,
    "getOriginalFilePaths": get_original_file_paths,
    "getAssociatedAssets": get_associated_assets,
    "getGenerationInfo": get_generation_info,
    "getAssetPublishHistory": get_asset_publish_history,
    **ASSET_CHANGES,
    "batchSetAssetMetadata": batch_set_asset_metadata,
    "createMetadataField": create_metadata_field,
    "saveMetadataField": save_metadata_field,
    "updateMetadataField": update_metadata_field,
    "deleteMetadataField": delete_metadata_field,
    "getMetadataFields": get_metadata_fields,
    "getAssetMetadataFields": get_asset_metadata_fields,
    "getTagFieldValues": get_tag_field_values,
    "addTagFieldValues": add_tag_field_values,
    "setTagFieldValues": set_tag_field_values,
    "updateTagFieldValues": update_tag_field_values,
    "deleteTagFieldValues": delete_tag_field_values,
    "getUniqueMetadataValues": get_unique_metadata_values,
    "getDistinctMetadataValues": get_distinct_metadata_values,
    **RECORDS,
    **MEMBERS,
    **USER_CHANGES,
    "getPropertySetTypes": get_property_set_types,
    "getPropertySetType": get_property_set_type,
    "createPropertySetType": create_property_set_type,
    "deletePropertySetType": delete_property_set_type,
    "getPropertySets": get_property_sets,
    "createPropertySet": create_property_set,
    "updatePropertySet": update_property_set,
    "deletePropertySet": delete_property_set,
    **PERMISSIONS,
    **COMPANY_SETTINGS,
    **IMAGE_PARTS,
    **NEW_ASSETS,
    "createImageSet": create_image_set,
    "getImageSetMembers": get_image_set_members,
    "setImageSetMembers": set_image_set_members,
    "updateImageSet": update_set,
    "createAssetSet": create_asset_set,
    "updateAssetSet": update_set,
    "setAssetSetDefinition": update_set,
    "getActivePublishContexts": get_active_publish_contexts,
    "batchGetAssetPublishContexts": batch_get_asset_publish_contexts,
    "cdnCacheInvalidation": cdn_cache_invalidation,
    "getCdnCacheInvalidationStatus": get_cdn_cache_invalidation_status,
}
