"""The workspace folder: its layout and manifest, and the readers and writers of what lies between the stages."""
