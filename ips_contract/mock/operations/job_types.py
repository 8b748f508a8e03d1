"""The types of jobs and of the entries of their logs, as the constants pages name them."""

from __future__ import annotations

from typing import NamedTuple


class JobType(NamedTuple):
    """A job element's type and its log types: constants pages (D), except where a line says I."""

    name: str
    begin: str
    success: str
    warning: str
    error: str
    end: str


# Where the constants have no type for warnings, a success with words stands for one (I).
JOB_TYPES: dict[str, JobType] = {
    "imageServingPublishJob": JobType(
        "ImageServingPublish",
        "BeginImageServingPublish",
        "ImageServingPublishSuccess",
        "ImageServingPublishWarning",
        "ImageServingPublishError",
        "EndImageServingPublish",
    ),
    "imageRenderingPublishJob": JobType(
        "ImageRenderingPublish",
        "BeginImageRenderingPublish",
        "ImageRenderingPublishSuccess",
        "ImageRenderingPublishSuccess",
        "ImageRenderingPublishError",
        "EndImageRenderingPublish",
    ),
    "videoPublishJob": JobType(
        "VideoPublish",
        "BeginVideoPublish",
        "VideoPubilshSuccess",  # As the page spells it (D), which no other source contradicts.
        "VideoPublishWarning",
        "VideoPublishError",
        "EndVideoPublish",
    ),
    "serverDirectoryPublishJob": JobType(
        "ServerDirectoryPublish",
        "BeginServerDirectoryPublish",
        "ServerDirectoryPublishSuccess",
        "ServerDirectoryPublishWarning",
        "ServerDirectoryPublishError",
        "EndServerDirectoryPublish",
    ),
    "uploadDirectoryJob": JobType(
        "UploadFromServerDirectory",
        "BeginUpload",
        "UploadSuccess",
        "UploadWarning",
        "UploadError",
        "EndUpload",
    ),
    "uploadUrlsJob": JobType(
        "UrlUpload",
        "BeginUploadUrls",
        "UploadSuccess",
        "UploadWarning",
        "UploadError",
        "EndUploadUrls",
    ),
    # What is posted to UploadFile. The list of types lacks it (I).
    "uploadPostJob": JobType(
        "UploadPost",
        "BeginUpload",
        "UploadSuccess",
        "UploadWarning",
        "UploadError",
        "EndUpload",
    ),
    "optimizeImagesJob": JobType(
        "ImageOptimization",
        "BeginReoptimize",
        "ReoptimizeSuccess",
        "ReoptimizeSuccess",
        "ReoptimizeFailure",
        "endReoptimize",
    ),
    # The list of types lacks those of the following six (I); it lacks types of jobs that exist.
    "metadataPublishJob": JobType(
        "MetadataPublish",
        "BeginMetadata",
        "MetadataSuccess",
        "MetadataSuccess",
        "MetadataFailure",
        "EndMetadata",
    ),
    "createVideoSitemapJob": JobType(
        "VideoSitemap",
        "BeginVideoPublish",
        "VideoPubilshSuccess",
        "VideoPublishWarning",
        "VideoPublishError",
        "EndVideoPublish",
    ),
    "ripPdfsJob": JobType(
        "PdfRip", "BeginPdfRip", "UploadSuccess", "UploadWarning", "PdfRipError", "EndUpload"
    ),
    "reprocessAssetsJob": JobType(
        "ReprocessAssets",
        "BeginUpload",
        "UploadSuccess",
        "UploadWarning",
        "UploadError",
        "EndUpload",
    ),
    "exportJob": JobType(
        "Export", "BeginGet", "ReturnSuccess", "ReturnSuccess", "GetFailure", "EndGet"
    ),
    "automatedSetGenerationJob": JobType(
        "AutomatedSetGeneration",
        "BeginUpload",
        "UploadSuccess",
        "UploadWarning",
        "UploadError",
        "EndUpload",
    ),
}


def job_type(element: str) -> JobType:
    """The type of the jobs that are submitted as this element."""
    return JOB_TYPES[element]
