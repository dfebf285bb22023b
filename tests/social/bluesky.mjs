// Bluesky's own servers, for the desk's tests. Prints one line of JSON when they are ready, then obeys one line of JSON at a time:
//   {"do":"post","as":"citizen","text":"…","reply_to":"at://…"}   {"do":"process"}   {"do":"feed","of":"did:…"}
// With DB_POSTGRES_URL and REDIS_HOST the whole network runs, notifications included; without them a PDS and a PLC.
import readline from 'node:readline'
import { AtpAgent, RichText } from '@atproto/api'
import { TestNetwork, TestNetworkNoAppView } from '@atproto/dev-env'

const whole = Boolean(process.env.DB_POSTGRES_URL && process.env.REDIS_HOST)
// What the servers themselves print must not mix with the answers.
const say = (value) => process.stdout.write(JSON.stringify(value) + '\n')
console.log = console.info = (...words) => process.stderr.write(words.join(' ') + '\n')

const network = whole
  ? await TestNetwork.create({ dbPostgresSchema: 'desk', dbPostgresUrl: process.env.DB_POSTGRES_URL })
  : await TestNetworkNoAppView.create({})

const agents = {}
for (const name of ['police', 'citizen']) {
  const agent = new AtpAgent({ service: network.pds.url })
  await agent.createAccount({ handle: `${name}.test`, email: `${name}@example.org`, password: `${name}-password` })
  agents[name] = agent
}
say({ pds: network.pds.url, whole, police: agents.police.session.did, citizen: agents.citizen.session.did })

const actions = {
  async post({ as, text, reply_to }) {
    const agent = agents[as]
    const rich = new RichText({ text })
    await rich.detectFacets(agent)
    const record = { text, facets: rich.facets }
    if (reply_to) {
      const [repo, , rkey] = reply_to.replace('at://', '').split('/')
      const parent = await agent.getPost({ repo, rkey })
      const reference = { uri: parent.uri, cid: parent.cid }
      record.reply = { root: parent.value.reply?.root ?? reference, parent: reference }
    }
    return agent.post(record)
  },
  async process() {
    await network.processAll()
    return {}
  },
  // Everything in the repository, as the protocol's own library reads it.
  async feed({ of }) {
    const listed = await agents.citizen.com.atproto.repo.listRecords({ repo: of, collection: 'app.bsky.feed.post', limit: 100 })
    return listed.data.records
  },
  async blob({ did, cid }) {
    const blob = await agents.citizen.com.atproto.sync.getBlob({ did, cid })
    return { bytes: blob.data.length }
  },
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  try {
    const request = JSON.parse(line)
    say({ ok: await actions[request.do](request) })
  } catch (error) {
    say({ error: String(error) })
  }
}
await network.close()
process.exit(0)
