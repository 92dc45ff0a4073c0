// Tells the build and the route of this tab, and offers a reload when another release is out.
import { connect } from 'skewwatch'

// A bundler puts it in: esbuild --define:BUILD='"build-42"', or define in Vite's and webpack's settings.
declare const BUILD: string

const notice = document.querySelector<HTMLElement>('#notice')!
const connection = connect({ version: BUILD }).trackHistory()

connection.on('version', (release) => {
  notice.hidden = release === BUILD
})
notice.querySelector('button')!.addEventListener('click', () => location.reload())
