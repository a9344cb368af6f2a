print("raising module")
raise ValueError("import failed")
