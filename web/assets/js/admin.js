// Administration of channels. Loaded on its pages only.
