// Stands for your app's own sessions.
export async function findSession(cookie: string): Promise<{ role: string } | undefined> {
  const id = /(?:^|; )sid=([^;]+)/.exec(cookie)?.[1]
  return id === 'an-admin' ? { role: 'admin' } : id === 'a-guest' ? { role: 'guest' } : undefined
}
