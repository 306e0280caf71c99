// Figures as a table for people.
const LEFT_OUT = ['devices', 'packets_per_frame', 'updates_per_s'];

export function print(title, runs) {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run)))].filter((name) => !LEFT_OUT.includes(name));
  const rows = [names.map((name) => (name === 'page' ? '' : name))];
  for (const run of runs) rows.push(names.map((name) => String(run[name] ?? '')));
  const widths = names.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  ');
  console.log(`\n${title}\n\n${rows.map(line).join('\n')}`);
}
