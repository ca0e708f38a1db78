"""One small pure function a screen. Those for readers take Cleared[Reader], nothing else that was typed."""
