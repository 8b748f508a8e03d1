"""What jobs change when they end: assets that are uploaded, published, exported."""
