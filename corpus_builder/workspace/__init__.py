"""The workspace folder: its layout and manifest, and the readers and writers of the files between the stages."""
