/** Whether the promise settles within that many milliseconds. A rejection counts as settled and is thrown. */
export async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The promise's own outcome, or a rejection with this message when it takes longer. */
export async function within<T>(promise: Promise<T>, ms: number, message: string): Promise<T> {
  if (await settlesWithin(promise, ms)) {
    return promise;
  }
  // Its late outcome is of no interest any more, but an unhandled rejection would end the process.
  promise.catch(() => undefined);
  throw new Error(message);
}
