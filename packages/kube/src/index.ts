export type { KubeRequest, KubeResponse, KubeUser, KubeWatchEvent, Transport } from './transport.ts';
