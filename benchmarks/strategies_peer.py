"""What a careful author would write without this package: dataclasses, ``st.builds`` and lxml.

The types of version 6.8, the space that ``submit_job_requests`` draws from; see ``strategies``.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from lxml import etree

from ips_contract.contract.versions import LATEST
from ips_contract.strategies.drawing import FREE_TEXT

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_NAMESPACE = LATEST.namespace


@dataclass
class HandleArray:
    items: list[str]


@dataclass
class ExportJob:
    asset_handle_array: HandleArray
    fmt: str
    is_modifier: str | None
    macro: str | None
    email_setting: str | None
    client_id: str | None


@dataclass
class ImageServingPublishJob:
    publish_type: str
    email_setting: str
    http_completion_url: str | None


@dataclass
class ImageRenderingPublishJob:
    email_setting: str
    http_completion_url: str | None
    context_handle: str | None


@dataclass
class VideoPublishJob:
    email_setting: str
    http_completion_url: str | None
    context_handle: str | None


@dataclass
class ServerDirectoryPublishJob:
    email_setting: str
    http_completion_url: str | None


@dataclass
class ManualCropOptions:
    left: int
    right: int
    top: int
    bottom: int


@dataclass
class AutoColorCropOptions:
    corner: str
    tolerance: float


@dataclass
class AutoTransparentCropOptions:
    tolerance: float


@dataclass
class PhotoshopLayerOptions:
    layer_naming: str | None
    anchor: str | None
    create_template: bool | None
    extract_text: bool | None
    extend_layers: bool | None


@dataclass
class PhotoshopOptions:
    process: str
    layer_options: PhotoshopLayerOptions | None


@dataclass
class PostScriptOptions:
    process: str | None
    resolution: float | None
    colorspace: str | None
    alpha: bool | None
    extract_search_words: bool | None


@dataclass
class PDFOptions:
    process: str | None
    resolution: float | None
    colorspace: str | None
    pdf_catalog: bool | None
    extract_search_words: bool | None
    extract_links: bool | None


@dataclass
class IllustratorOptions:
    process: str | None
    resolution: float | None
    colorspace: str | None
    alpha: bool | None


@dataclass
class ColorManagementOptions:
    color_management: str
    source_profile_handle: str | None
    output_profile_handle: str | None


@dataclass
class AutoSetCreationOptions:
    auto_sets_array: HandleArray | None


@dataclass
class ThumbnailOptions:
    thumbnail_time: int | None


@dataclass
class MediaOptions:
    video_encoding_presets_array: HandleArray | None
    generate_thumbnail: bool | None
    thumbnail_options: ThumbnailOptions | None


@dataclass
class InDesignOptions:
    process: str | None


@dataclass
class KnockoutBackgroundOptions:
    corner: str
    tolerance: float | None
    fill_method: str


@dataclass
class UnsharpMaskOptions:
    amount: float | None
    radius: float | None
    threshold: int | None
    monochrome: int | None


@dataclass
class UnCompressOptions:
    process: str


@dataclass
class UploadDirectoryJob:
    dest_folder: str | None
    server_dir: str | None
    overwrite: bool
    ready_for_publish: bool
    include_subfolders: bool | None
    preserve_publish_state: bool | None
    create_mask: bool
    preserve_crop: bool | None
    process_metadata_files: bool | None
    video_encoding_preset: str | None
    manual_crop_options: ManualCropOptions | None
    auto_color_crop_options: AutoColorCropOptions | None
    auto_transparent_crop_options: AutoTransparentCropOptions | None
    photoshop_options: PhotoshopOptions | None
    post_script_options: PostScriptOptions | None
    pdf_options: PDFOptions | None
    illustrator_options: IllustratorOptions | None
    color_management_options: ColorManagementOptions | None
    auto_set_creation_options: AutoSetCreationOptions | None
    project_handle_array: HandleArray | None
    email_setting: str
    post_job_only_if_files: bool | None
    post_http_url: str | None
    post_image_serving_publish_job: ImageServingPublishJob | None
    post_image_rendering_publish_job: ImageRenderingPublishJob | None
    post_video_publish_job: VideoPublishJob | None
    media_options: MediaOptions | None
    in_design_options: InDesignOptions | None
    knockout_background: KnockoutBackgroundOptions | None
    unsharp_mask_options: UnsharpMaskOptions | None
    un_compress_options: UnCompressOptions | None
    xmp_keywords: str | None


@dataclass
class UploadUrl:
    source_url: str
    dest_path: str | None


@dataclass
class UploadUrlArray:
    items: list[UploadUrl]


@dataclass
class UploadUrlsJob:
    url_array: UploadUrlArray
    overwrite: bool
    ready_for_publish: bool
    preserve_publish_state: bool | None
    create_mask: bool
    preserve_crop: bool | None
    manual_crop_options: ManualCropOptions | None
    auto_color_crop_options: AutoColorCropOptions | None
    auto_transparent_crop_options: AutoTransparentCropOptions | None
    photoshop_options: PhotoshopOptions | None
    post_script_options: PostScriptOptions | None
    pdf_options: PDFOptions | None
    illustrator_options: IllustratorOptions | None
    color_management_options: ColorManagementOptions | None
    auto_set_creation_options: AutoSetCreationOptions | None
    project_handle_array: HandleArray | None
    email_setting: str
    post_job_only_if_files: bool | None
    post_http_url: str | None
    post_image_serving_publish_job: ImageServingPublishJob | None
    post_image_rendering_publish_job: ImageRenderingPublishJob | None
    post_video_publish_job: VideoPublishJob | None
    media_options: MediaOptions | None
    in_design_options: InDesignOptions | None
    knockout_background: KnockoutBackgroundOptions | None
    unsharp_mask_options: UnsharpMaskOptions | None
    un_compress_options: UnCompressOptions | None
    xmp_keywords: str | None
    num_urls: int | None


@dataclass
class OptimizeImagesJob:
    email_setting: str


@dataclass
class RipPdfsJob:
    pdf_handle_array: HandleArray
    create_mask: bool | None
    manual_crop_options: ManualCropOptions | None
    auto_color_crop_options: AutoColorCropOptions | None
    auto_transparent_crop_options: AutoTransparentCropOptions | None
    post_script_options: PostScriptOptions | None
    pdf_options: PDFOptions | None
    illustrator_options: IllustratorOptions | None
    color_management_options: ColorManagementOptions | None
    project_handle_array: HandleArray | None
    email_setting: str | None
    post_http_url: str | None
    post_image_serving_publish_job: ImageServingPublishJob | None
    post_image_rendering_publish_job: ImageRenderingPublishJob | None
    post_video_publish_job: VideoPublishJob | None
    in_design_options: InDesignOptions | None
    knockout_background: KnockoutBackgroundOptions | None


@dataclass
class ReprocessAssetsJob:
    asset_handle_array: HandleArray
    ready_for_publish: bool | None
    preserve_publish_state: bool | None
    create_mask: bool | None
    preserve_crop: bool | None
    manual_crop_options: ManualCropOptions | None
    auto_color_crop_options: AutoColorCropOptions | None
    auto_transparent_crop_options: AutoTransparentCropOptions | None
    photoshop_options: PhotoshopOptions | None
    post_script_options: PostScriptOptions | None
    pdf_options: PDFOptions | None
    media_options: MediaOptions | None
    illustrator_options: IllustratorOptions | None
    color_management_options: ColorManagementOptions | None
    auto_set_creation_options: AutoSetCreationOptions | None
    project_handle_array: HandleArray | None
    email_setting: str | None
    post_job_only_if_files: bool | None
    post_http_url: str | None
    post_image_serving_publish_job: ImageServingPublishJob | None
    post_image_rendering_publish_job: ImageRenderingPublishJob | None
    post_video_publish_job: VideoPublishJob | None
    in_design_options: InDesignOptions | None
    knockout_background: KnockoutBackgroundOptions | None
    unsharp_mask_options: UnsharpMaskOptions | None


@dataclass
class HandleArrayUpTo1000:
    items: list[str]


@dataclass
class AutomatedSetGenerationJob:
    asset_handle_array: HandleArrayUpTo1000
    dest_folder: str | None
    ready_for_publish: bool
    auto_set_creation_options: AutoSetCreationOptions
    email_setting: str


@dataclass
class SubmitJobParam:
    company_handle: str
    user_handle: str | None
    job_name: str
    locale: str | None
    exec_time: str | None
    exec_schedule: str | None
    description: str | None
    export_job: ExportJob | None
    image_serving_publish_job: ImageServingPublishJob | None
    image_rendering_publish_job: ImageRenderingPublishJob | None
    video_publish_job: VideoPublishJob | None
    server_directory_publish_job: ServerDirectoryPublishJob | None
    upload_directory_job: UploadDirectoryJob | None
    upload_urls_job: UploadUrlsJob | None
    optimize_images_job: OptimizeImagesJob | None
    rip_pdfs_job: RipPdfsJob | None
    reprocess_assets_job: ReprocessAssetsJob | None
    automated_set_generation_job: AutomatedSetGenerationJob | None


def chosen(record: Any, choice: tuple[str, Any] | None) -> Any:
    """``record`` with one of the alternatives of a choice, or none."""
    if choice is not None:
        setattr(record, *choice)
    return record


@lru_cache(maxsize=64)
def _tags(kind: Any) -> list[tuple[str, str]]:
    """Attribute and tag of each field."""
    rows = []
    for field in dataclasses.fields(kind):
        first, *rest = field.name.split("_")
        name = field.name if first == "is" else first + "".join(word.title() for word in rest)
        rows.append((field.name, f"{{{_NAMESPACE}}}{name}"))
    return rows


def _fill(parent: etree._Element, record: Any) -> None:
    for attribute, tag in _tags(record.__class__):
        value = getattr(record, attribute)
        if value is None:
            continue
        for item in value if isinstance(value, list) else (value,):
            child = etree.SubElement(parent, tag)
            if isinstance(item, str):
                child.text = item
            elif isinstance(item, bool):
                child.text = "true" if item else "false"
            elif isinstance(item, float):
                child.text = repr(item) if math.isfinite(item) else _not_finite(item)
            elif isinstance(item, int):
                child.text = str(item)
            else:
                _fill(child, item)


def _not_finite(value: float) -> str:
    return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"


def serialized(record: SubmitJobParam) -> bytes:
    """``record`` as a document."""
    root = etree.Element(f"{{{_NAMESPACE}}}submitJobParam", nsmap={None: _NAMESPACE})
    _fill(root, record)
    return etree.tostring(root)


def peer() -> SearchStrategy[bytes]:
    """The hand-written strategy for messages of 6.8 without findings."""
    text = FREE_TEXT
    number = st.integers(1, 10**6)
    company_handle = number.map(lambda n: f"c|{n}")
    user_handle = st.builds("{}|{}@example.com".format, number, number)
    context_handle = number.map(lambda n: f"pc|{n}")
    job_name = text.map(lambda name: f"Job {name.replace('|', '/')}")
    locale = st.sampled_from(("en", "de", "fr-FR", "en-US", "ja-JP"))
    moment = st.integers(0, 10**9).map(
        lambda n: f"{datetime.fromtimestamp(n, UTC):%Y-%m-%dT%H:%M:%SZ}"
    )
    schedule = st.sampled_from(("0 0 2 * * ?", "0 0/15 * ? * MON-FRI", "0 2 * * *"))
    url = text.map(lambda path: f"https://example.com/{path}")
    handle_array = st.builds(HandleArray, items=st.lists(text, max_size=3))
    export_job = st.builds(
        ExportJob,
        asset_handle_array=handle_array,
        fmt=text,
        is_modifier=st.none() | text,
        macro=st.none() | text,
        email_setting=st.none()
        | st.sampled_from(("All", "Error", "ErrorAndWarning", "JobCompletion", "None")),
        client_id=st.none() | text,
    )
    image_serving_publish_job = st.builds(
        ImageServingPublishJob,
        publish_type=st.sampled_from(("Full", "FullWithSearch", "Incremental")),
        email_setting=st.sampled_from(("All", "Error", "ErrorAndWarning", "JobCompletion", "None")),
        http_completion_url=st.none() | text,
    )
    image_rendering_publish_job = st.builds(
        ImageRenderingPublishJob,
        email_setting=st.sampled_from(("All", "Error", "ErrorAndWarning", "JobCompletion", "None")),
        http_completion_url=st.none() | text,
        context_handle=st.none() | context_handle,
    )
    video_publish_job = st.builds(
        VideoPublishJob,
        email_setting=st.sampled_from(("All", "Error", "ErrorAndWarning", "JobCompletion", "None")),
        http_completion_url=st.none() | text,
        context_handle=st.none() | context_handle,
    )
    server_directory_publish_job = st.builds(
        ServerDirectoryPublishJob,
        email_setting=st.sampled_from(("All", "Error", "ErrorAndWarning", "JobCompletion", "None")),
        http_completion_url=st.none() | text,
    )
    manual_crop_options = st.builds(
        ManualCropOptions,
        left=st.integers(-(2**31), 2**31 - 1),
        right=st.integers(-(2**31), 2**31 - 1),
        top=st.integers(-(2**31), 2**31 - 1),
        bottom=st.integers(-(2**31), 2**31 - 1),
    )
    auto_color_crop_options = st.builds(
        AutoColorCropOptions,
        corner=st.sampled_from(("BottomLeft", "BottomRight", "UpperLeft", "UpperRight")),
        tolerance=st.floats(0, 1),
    )
    auto_transparent_crop_options = st.builds(AutoTransparentCropOptions, tolerance=st.floats(0, 1))
    photoshop_layer_options = st.builds(
        PhotoshopLayerOptions,
        layer_naming=st.none()
        | st.sampled_from(("LayerName", "AppendNumber", "AppendName", "Folders")),
        anchor=st.none()
        | st.sampled_from(
            (
                "Center",
                "North",
                "Northwest",
                "West",
                "Southwest",
                "South",
                "Southeast",
                "East",
                "Northeast",
            )
        ),
        create_template=st.none() | st.booleans(),
        extract_text=st.none() | st.booleans(),
        extend_layers=st.none() | st.booleans(),
    )
    photoshop_options = st.builds(
        PhotoshopOptions, process=text, layer_options=st.none() | photoshop_layer_options
    )
    post_script_options = st.builds(
        PostScriptOptions,
        process=st.none() | text,
        resolution=st.none() | st.floats(),
        colorspace=st.none() | st.sampled_from(("Auto", "Rgb", "Cmyk", "Gray")),
        alpha=st.none() | st.booleans(),
        extract_search_words=st.none() | st.booleans(),
    )
    pdfoptions = st.builds(
        PDFOptions,
        process=st.none() | st.sampled_from(("None", "Rasterize", "Thumbnail")),
        resolution=st.none() | st.floats(),
        colorspace=st.none() | st.sampled_from(("Auto", "Rgb", "Cmyk", "Gray")),
        pdf_catalog=st.none() | st.booleans(),
        extract_search_words=st.none() | st.booleans(),
        extract_links=st.none() | st.booleans(),
    )
    illustrator_options = st.builds(
        IllustratorOptions,
        process=st.none() | st.sampled_from(("None", "Rasterize")),
        resolution=st.none() | st.floats(),
        colorspace=st.none() | st.sampled_from(("Auto", "Rgb", "Cmyk", "Gray")),
        alpha=st.none() | st.booleans(),
    )
    color_management_options = st.builds(
        ColorManagementOptions,
        color_management=st.sampled_from(("Default", "MaintainOriginal", "Convert")),
        source_profile_handle=st.none() | text,
        output_profile_handle=st.none() | text,
    )
    auto_set_creation_options = st.builds(
        AutoSetCreationOptions, auto_sets_array=st.none() | handle_array
    )
    thumbnail_options = st.builds(
        ThumbnailOptions, thumbnail_time=st.none() | st.integers(0, 2**63 - 1)
    )
    media_options = st.builds(
        MediaOptions,
        video_encoding_presets_array=st.none() | handle_array,
        generate_thumbnail=st.none() | st.booleans(),
        thumbnail_options=st.none() | thumbnail_options,
    )
    in_design_options = st.builds(InDesignOptions, process=st.none() | text)
    knockout_background_options = st.builds(
        KnockoutBackgroundOptions,
        corner=st.sampled_from(("BottomLeft", "BottomRight", "UpperLeft", "UpperRight")),
        tolerance=st.none() | st.floats(0, 1),
        fill_method=text,
    )
    unsharp_mask_options = st.builds(
        UnsharpMaskOptions,
        amount=st.none() | st.floats(0, 5),
        radius=st.none() | st.floats(0, 250),
        threshold=st.none() | st.integers(0, 255),
        monochrome=st.none() | st.integers(0, 1),
    )
    un_compress_options = st.builds(UnCompressOptions, process=text)
    crop = (
        st.none()
        | st.tuples(st.just("manual_crop_options"), manual_crop_options)
        | st.tuples(st.just("auto_color_crop_options"), auto_color_crop_options)
        | st.tuples(st.just("auto_transparent_crop_options"), auto_transparent_crop_options)
    )
    follow_up = (
        st.none()
        | st.tuples(st.just("post_image_serving_publish_job"), image_serving_publish_job)
        | st.tuples(st.just("post_image_rendering_publish_job"), image_rendering_publish_job)
        | st.tuples(st.just("post_video_publish_job"), video_publish_job)
    )
    upload_directory_job = st.builds(
        UploadDirectoryJob,
        dest_folder=st.none() | text,
        server_dir=text,
        overwrite=st.booleans(),
        ready_for_publish=st.booleans(),
        include_subfolders=st.none() | st.booleans(),
        preserve_publish_state=st.none() | st.booleans(),
        create_mask=st.booleans(),
        preserve_crop=st.none() | st.booleans(),
        process_metadata_files=st.none() | st.booleans(),
        video_encoding_preset=st.none() | text,
        manual_crop_options=st.none(),
        auto_color_crop_options=st.none(),
        auto_transparent_crop_options=st.none(),
        photoshop_options=st.none() | photoshop_options,
        post_script_options=st.none() | post_script_options,
        pdf_options=st.none() | pdfoptions,
        illustrator_options=st.none() | illustrator_options,
        color_management_options=st.none() | color_management_options,
        auto_set_creation_options=st.none() | auto_set_creation_options,
        project_handle_array=st.none() | handle_array,
        email_setting=st.sampled_from(("All", "Error", "ErrorAndWarning", "JobCompletion", "None")),
        post_job_only_if_files=st.none() | st.booleans(),
        post_http_url=st.none() | text,
        post_image_serving_publish_job=st.none(),
        post_image_rendering_publish_job=st.none(),
        post_video_publish_job=st.none(),
        media_options=st.none() | media_options,
        in_design_options=st.none() | in_design_options,
        knockout_background=st.none() | knockout_background_options,
        unsharp_mask_options=st.none() | unsharp_mask_options,
        un_compress_options=st.none() | un_compress_options,
        xmp_keywords=st.none() | text,
    )
    upload_directory_job = st.builds(
        chosen,
        upload_directory_job,
        crop,
    )
    upload_directory_job = st.builds(
        chosen,
        upload_directory_job,
        follow_up,
    )
    upload_url = st.builds(UploadUrl, source_url=url, dest_path=st.none() | text)
    upload_url_array = st.builds(UploadUrlArray, items=st.lists(upload_url, max_size=3))
    upload_urls_job = st.builds(
        UploadUrlsJob,
        url_array=upload_url_array,
        overwrite=st.booleans(),
        ready_for_publish=st.booleans(),
        preserve_publish_state=st.none() | st.booleans(),
        create_mask=st.booleans(),
        preserve_crop=st.none() | st.booleans(),
        manual_crop_options=st.none(),
        auto_color_crop_options=st.none(),
        auto_transparent_crop_options=st.none(),
        photoshop_options=st.none() | photoshop_options,
        post_script_options=st.none() | post_script_options,
        pdf_options=st.none() | pdfoptions,
        illustrator_options=st.none() | illustrator_options,
        color_management_options=st.none() | color_management_options,
        auto_set_creation_options=st.none() | auto_set_creation_options,
        project_handle_array=st.none() | handle_array,
        email_setting=st.sampled_from(("All", "Error", "ErrorAndWarning", "JobCompletion", "None")),
        post_job_only_if_files=st.none() | st.booleans(),
        post_http_url=st.none() | text,
        post_image_serving_publish_job=st.none(),
        post_image_rendering_publish_job=st.none(),
        post_video_publish_job=st.none(),
        media_options=st.none() | media_options,
        in_design_options=st.none() | in_design_options,
        knockout_background=st.none() | knockout_background_options,
        unsharp_mask_options=st.none() | unsharp_mask_options,
        un_compress_options=st.none() | un_compress_options,
        xmp_keywords=st.none() | text,
        num_urls=st.none(),
    )
    upload_urls_job = st.builds(
        chosen,
        upload_urls_job,
        crop,
    )
    upload_urls_job = st.builds(
        chosen,
        upload_urls_job,
        follow_up,
    )
    optimize_images_job = st.builds(
        OptimizeImagesJob,
        email_setting=st.sampled_from(("All", "Error", "ErrorAndWarning", "JobCompletion", "None")),
    )
    reprocess_assets_job = st.builds(
        ReprocessAssetsJob,
        asset_handle_array=handle_array,
        ready_for_publish=st.none() | st.booleans(),
        preserve_publish_state=st.none() | st.booleans(),
        create_mask=st.none() | st.booleans(),
        preserve_crop=st.none() | st.booleans(),
        manual_crop_options=st.none(),
        auto_color_crop_options=st.none(),
        auto_transparent_crop_options=st.none(),
        photoshop_options=st.none() | photoshop_options,
        post_script_options=st.none() | post_script_options,
        pdf_options=st.none() | pdfoptions,
        media_options=st.none() | media_options,
        illustrator_options=st.none() | illustrator_options,
        color_management_options=st.none() | color_management_options,
        auto_set_creation_options=st.none() | auto_set_creation_options,
        project_handle_array=st.none() | handle_array,
        email_setting=st.none()
        | st.sampled_from(("All", "Error", "ErrorAndWarning", "JobCompletion", "None")),
        post_job_only_if_files=st.none() | st.booleans(),
        post_http_url=st.none() | text,
        post_image_serving_publish_job=st.none(),
        post_image_rendering_publish_job=st.none(),
        post_video_publish_job=st.none(),
        in_design_options=st.none() | in_design_options,
        knockout_background=st.none() | knockout_background_options,
        unsharp_mask_options=st.none() | unsharp_mask_options,
    )
    reprocess_assets_job = st.builds(
        chosen,
        reprocess_assets_job,
        crop,
    )
    reprocess_assets_job = st.builds(
        chosen,
        reprocess_assets_job,
        follow_up,
    )
    handle_array_up_to1000 = st.builds(HandleArrayUpTo1000, items=st.lists(text, max_size=3))
    automated_set_generation_job = st.builds(
        AutomatedSetGenerationJob,
        asset_handle_array=handle_array_up_to1000,
        dest_folder=st.none() | text,
        ready_for_publish=st.booleans(),
        auto_set_creation_options=auto_set_creation_options,
        email_setting=st.sampled_from(("All", "Error", "ErrorAndWarning", "JobCompletion", "None")),
    )
    request = st.builds(
        SubmitJobParam,
        company_handle=company_handle,
        user_handle=st.none() | user_handle,
        job_name=job_name,
        locale=st.none() | locale,
        exec_time=st.none(),
        exec_schedule=st.none(),
        description=st.none() | text,
        export_job=st.none(),
        image_serving_publish_job=st.none(),
        image_rendering_publish_job=st.none(),
        video_publish_job=st.none(),
        server_directory_publish_job=st.none(),
        upload_directory_job=st.none(),
        upload_urls_job=st.none(),
        optimize_images_job=st.none(),
        rip_pdfs_job=st.none(),
        reprocess_assets_job=st.none(),
        automated_set_generation_job=st.none(),
    )
    request = st.builds(
        chosen,
        request,
        st.none()
        | st.tuples(st.just("exec_time"), moment)
        | st.tuples(st.just("exec_schedule"), schedule),
    )
    request = st.builds(
        chosen,
        request,
        st.tuples(st.just("export_job"), export_job)
        | st.tuples(st.just("image_serving_publish_job"), image_serving_publish_job)
        | st.tuples(st.just("image_rendering_publish_job"), image_rendering_publish_job)
        | st.tuples(st.just("video_publish_job"), video_publish_job)
        | st.tuples(st.just("server_directory_publish_job"), server_directory_publish_job)
        | st.tuples(st.just("upload_directory_job"), upload_directory_job)
        | st.tuples(st.just("upload_urls_job"), upload_urls_job)
        | st.tuples(st.just("optimize_images_job"), optimize_images_job)
        | st.tuples(st.just("reprocess_assets_job"), reprocess_assets_job)
        | st.tuples(st.just("automated_set_generation_job"), automated_set_generation_job),
    )
    return request.map(serialized)
