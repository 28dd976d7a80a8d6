"""The stages of a build, one file a stage; stage.py holds what they have in common."""
