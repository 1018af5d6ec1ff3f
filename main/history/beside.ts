/** The name under which a version is put beside the present file. Pure. */

/** `report.pdf` as it stood at a time: `report (2026-11-22 14.29.03).pdf`. Local time; no colon, for Windows. */
export function besideName(name: string, at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}.${two(at.getMinutes())}.${two(at.getSeconds())}`;
  const dot = name.lastIndexOf('.');
  // A dot in front is the name of a hidden file, not the beginning of an extension.
  const cut = dot > 0 ? dot : name.length;
  return `${name.slice(0, cut)} (${day} ${time})${name.slice(cut)}`;
}
