"""The operations that the API reference documents; most of them are not judged by this tool.

Source: the reference's list of operations (D), spelt as there.
"""

OPERATIONS = frozenset(
    """
    addCompany addCompanyMembership addGroupMembers addGroupMembership addProjectAssets
    addTagFieldValues addUser batchGetAssetPublishContexts batchSetAssetMetadata batchSetFontFields
    batchSetIccProfileFields batchSetImageFields batchSetThumbAsset cdnCacheInvalidation
    checkAssetNames checkLogin copyImage createAssetSet createDerivedAsset createFolder
    createImageSet createMetadataField createProject createPropertySet createPropertySetType
    createTemplate createViewerPreset createVignettePublishFormat deleteAsset deleteAssetMetadata
    deleteAssets deleteFolder deleteGroup deleteImageFormat deleteImageMap deleteJob
    deleteMetadataField deleteProject deletePropertySet deletePropertySetType deleteTagFieldValues
    deleteVignettePublishFormat deleteZoomTarget emptyAssetsFromTrash executeJob
    forceRepublishAssets generatePassword getActiveJobs getActivePublishContext getAllCompanies
    getAllUsers getAssetCounts getAssetJobLogs getAssetMetadataFields getAssetPublishHistory
    getAssets getAssetsByName getAssociatedAssets getAutoCropRect getCompanyInfo getCompanyMembers
    getCompanyMembership getCompanySettings getDiskUsage getDistinctMetadataValues getFolderTree
    getFolders getGenerationInfo getGroupMembers getGroupMembership getGroups getImageFormats
    getImageRenderingPublishSettings getImageServingPublishSettings getImageSetMembers
    getJobLogDetails getJobLogs getMetadataFields getOriginalFilePaths getPhotoshopPath
    getPhotoshopPathNames getProjects getProperty getPropertySetType getPropertySetTypes
    getPropertySets getPublishContexts getScheduledJobs getSearchStrings getSystemProperties
    getTagFieldValues getUniqueMetadataValues getUserChars getUserInfo getUsers
    getViewerConfigSettings getVignettePublishFormats getXMPPacket getZipEntries moveAsset
    moveAssets moveFolder pauseJob removeAssetPermissions removeCompanyMembership
    removeFolderPermissions removeGroupMembers removeGroupMembership removeProjectAssets renameAsset
    renameFolder renameProject replaceImage restoreAssetsFromTrash resumeJob saveGroup
    saveImageFormat saveImageMap saveMetadataField saveZoomTarget searchAssets
    searchAssetsByMetadata setAssetMetadata setAssetPermissions setAssetPublishState
    setAssetSetDefinition setAssetsContextState setAssetsPublishState setCompanyMembership
    setCompanySettings setFolderPermissions setGroupMembers setGroupMembership setImageMaps
    setImageRenderingPublishSettings setImageServingPublishSettings setImageSetMembers setPassword
    setProjectAssets setTagFieldValues setUrlModifier setUserInfo setViewerConfigSettings
    setZoomTargets stopJob submitJob updateAssetPermissons updateAssetSet updateFolderPermissions
    updateImageSet updateMetadataField updatePropertySet updateTagFieldValues
    updateViewerConfigSettings updateVignettePublishFormat updateXMPPacket
    """.split()
)
