// What the scripts have in common: the question, the tool and the form of a result.
export const QUESTION = 'What is the weather in Berlin?';

export const toolSchema = {
  type: 'object',
  properties: { city: { type: 'string' } },
};

/** Prints the scenario's result, or its failure as the client library raised it. */
export async function report(name, scenario) {
  let line;
  try {
    line = { name, ok: true, ...(await scenario()) };
  } catch (error) {
    line = {
      name,
      ok: false,
      kind: error?.constructor?.name,
      status: error?.status ?? error?.statusCode ?? 0,
      message: String(error?.message ?? error),
    };
  }
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
