// What axe-core says of a page: names, roles, contrast, order of focus. It judges nothing that is only good practice.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from './page.mjs';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails on what is serious or critical in the first element that `selector` finds, or in the whole page. */
export async function axe(page, selector) {
  // The page's policy forbids a further script, so it comes in by the debugger.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
  // A colour in the middle of a change has any contrast. What turns for ever has no colour to wait for.
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((it) => it.effect.getComputedTiming().endTime < Infinity);
    await Promise.allSettled(ending.map((it) => it.finished));
  });
  const violations = await page.evaluate(async (selector) => {
    const place = selector === undefined ? document : document.querySelector(selector);
    const { violations } = await window.axe.run(place, { resultTypes: ['violations'] });
    return violations;
  }, selector);
  const grave = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  const told = grave.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${impact} ${id}: ${html}\n${failureSummary}`),
  );
  expect(told).toEqual([]);
}
