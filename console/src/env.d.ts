interface ImportMetaEnv {
  /** Origin of the API, no slash at the end. */
  readonly VITE_API_ORIGIN?: string;
}
