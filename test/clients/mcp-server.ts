/** A Python MCP server for Dinky, as its eight tools call: `dinky-token`, booleans as Python writes them, statements without a task. */
type Json = Readonly<Record<string, unknown>>;

export class McpServer {
  readonly #address: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(address: string, token: string) {
    this.#address = address;
    this.#headers = { 'content-type': 'application/json', 'dinky-token': token };
  }

  readonly explainSql = (statement: string) => this.#post('explainSql', { statement });
  readonly getStreamGraph = (statement: string) => this.#post('getStreamGraph', { statement });
  readonly submitTask = (id: number) => this.#post('submitTask', { id });
  readonly savepointTask = (taskId: number, type: string) => this.#post('savepointTask', { taskId, type });
  readonly cancel = (id: number) => this.#get(`cancel?id=${id}&withSavePoint=False&forceCancel=True`);
  readonly getJobInstanceByTaskId = (id: number) => this.#get(`getJobInstanceByTaskId?id=${id}`);
  readonly getTaskLineage = (id: number) => this.#get(`getTaskLineage?id=${id}`);
  readonly exportSql = (id: number) => this.#get(`exportSql?id=${id}`);

  async #get(call: string): Promise<Json> {
    return (await (await fetch(`${this.#address}/openapi/${call}`, { headers: this.#headers })).json()) as Json;
  }

  async #post(call: string, body: object): Promise<Json> {
    const request = { method: 'POST', headers: this.#headers, body: JSON.stringify(body) };
    return (await (await fetch(`${this.#address}/openapi/${call}`, request)).json()) as Json;
  }
}
