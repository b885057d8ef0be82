/** Where a published schema is. Not in a folder below: what the build makes is as deep as this file. */
export function schemaUrl(name: string): URL {
  return new URL(`../../schemas/${name}.schema.json`, import.meta.url);
}
