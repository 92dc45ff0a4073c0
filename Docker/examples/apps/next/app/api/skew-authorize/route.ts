// SkewWatch asks here who may watch (--authorize-url http://app:3000/api/skew-authorize), with the visitor's cookies.
import { findSession } from '../../../session'

export async function POST(request: Request): Promise<Response> {
  const session = await findSession(request.headers.get('cookie') ?? '')
  if (!session) return new Response(null, { status: 401 })
  if (session.role !== 'admin') return new Response(null, { status: 403 })
  return Response.json({ scope: 'connections', ttl: 300 })
}
