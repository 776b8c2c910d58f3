"""The app: Streamlit shell, components and figures around `core`."""
