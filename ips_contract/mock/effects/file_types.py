"""The asset type of a file, by its extension."""

from __future__ import annotations

# Constants page, Asset Types (D); which files are of which is what their names say (I).
_TYPES = {
    "Image": "bmp gif jpeg jpg pict png psd raw tif tiff webp",
    "Aco": "aco",
    "Audio": "aac aiff m4a mp3 wav",
    "Cabinet": "vnc",
    "Excel": "xls xlsx",
    "Flash": "swf",
    "Font": "afm otf pfb pfm ttf",
    "IccProfile": "icc icm",
    "Illustrator": "ai",
    "InDesign": "indd indt",
    "Pdf": "pdf",
    "PostScript": "eps ps",
    "PowerPoint": "ppt pptx",
    "Rtf": "rtf",
    "Svg": "svg svgz",
    "Video": "3gp avi f4v flv m2v m4v mkv mov mp4 mpeg mpg mts ogv webm wmv",
    "VideoCaption": "vtt",
    "Vignette": "vnt",
    "WindowsCovering": "vnw",
    "Word": "doc docx",
    "Xml": "xml",
    "Xsl": "xsl xslt",
    "Zip": "tar zip",
}
_BY_EXTENSION = {
    extension: kind for kind, extensions in _TYPES.items() for extension in extensions.split()
}


def split_name(file_name: str) -> tuple[str, str]:
    """The name of a file's asset, and the file's extension, ``""`` without one."""
    stem, dot, extension = file_name.rpartition(".")
    return (stem, extension) if dot and stem else (file_name, "")


def asset_type(file_name: str) -> str:
    """The type of a file's asset: ``Image`` without an extension, ``Asset`` for an unknown one."""
    extension = split_name(file_name)[1].lower()
    return _BY_EXTENSION.get(extension, "Asset") if extension else "Image"
