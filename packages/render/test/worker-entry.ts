// The program of a render worker in tests.
import { serveRenders } from '../src/index.ts';

serveRenders();
