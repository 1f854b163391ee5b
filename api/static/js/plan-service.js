// What the page asks of the service. Nothing that is sent is kept there.

export class Refused extends Error {
  // `findings` has every fault with its place; empty if the trouble is not the plan's.
  constructor(message, findings = [], total = findings.length) {
    super(message);
    this.findings = findings;
    this.total = total;
  }
}

// A file of any kind as a plan.
export async function readFile(file) {
  const query = new URLSearchParams({ form: "json", name: file.name });
  const response = await send(`/api/v1/course-plans/convert?${query}`, file, "application/octet-stream");
  return response.json();
}

// The analysis of a plan as HTML of this service's own template.
export async function analyze(plan, filters, signal) {
  const query = new URLSearchParams(filters);
  const response = await send(`/plan/analysis?${query}`, JSON.stringify(plan), "application/json", signal);
  return parts(await response.text());
}

export async function testClaims(plan, claims) {
  const response = await send("/plan/claims", JSON.stringify({ plan, claims }), "application/json");
  return parts(await response.text());
}

const parts = (html) => [...new DOMParser().parseFromString(html, "text/html").body.childNodes];

async function send(path, body, type, signal) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST", body, signal,
      headers: { "content-type": type, accept: "application/json, */*;q=0.1" },
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused("The service cannot be reached. The plan is still here; try again.");
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new Refused(problem.detail ?? `The service answered ${response.status}.`, problem.findings, problem.total);
}
