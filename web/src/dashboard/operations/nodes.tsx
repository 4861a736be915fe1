// The nodes with their leases, and the health of the one that serves the page.
import { duration } from '../../shared/format';
import { useTexts } from '../../shared/language';
import { Link } from '../../shared/router';
import { useStore } from '../../shared/store';
import { Empty, Panel, ProblemNote, Skeleton, Table, Time, useCount } from '../../shared/ui';
import { may, session } from '../session';
import { Tag } from '../status';
import { Page, useRead } from './page';
import { operationTexts } from './texts';

interface NodeRow { name: string; url: string | null; epoch: number; leaseUntil: string | null; isLive: boolean; lastSequence: number; published: number; unpublished: number; isThis: boolean }
interface Dependency { status: string; required: boolean; latencyMs: number; error: string | null }
interface Health { status: string; nodeId: string; dependencies: Record<string, Dependency> }

function HealthPanel() {
  const all = useTexts(operationTexts);
  const say = all.nodes;
  const { data, problem, reload } = useRead<Health>('/health/detailed', 5000);
  // An unhealthy node answers 503 with the same body.
  const health = data ?? (problem?.body['dependencies'] ? (problem.body as unknown as Health) : null);
  return (
    <Panel title={say.health}>
      {!health && <ProblemNote problem={problem} retry={reload} />}
      {!health && !problem && <Skeleton lines={4} />}
      {health && (
        <Table label={say.health}>
          <thead><tr><th>{say.dependency}</th><th>{say.status}</th><th>{say.required}</th><th class="number">{say.latency}</th></tr></thead>
          <tbody>
            {Object.entries(health.dependencies).map(([name, d]) => (
              <tr key={name}><td>{name}</td><td><Tag tone={d.status === 'up' ? 'good' : 'bad'} sign={d.status === 'up' ? '✓' : '✕'}>{d.status === 'up' ? say.up : d.status === 'down' ? say.down : d.status}</Tag> {d.error}</td><td>{d.required ? all.yes : all.no}</td><td class="number">{duration(d.latencyMs)}</td></tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

function Stuck() {
  const say = useTexts(operationTexts).nodes;
  const count = useCount();
  const pool = useRead<{ activeConnections: number; maxConnections: number }>('/db-pool', 5000).data;
  const flows = useRead<{ stuckFlows: number }>('/trace/active-flows?limit=1', 5000).data;
  return (
    <Panel title={say.pool}>
      <p>{pool ? say.poolText(count(pool.activeConnections), count(pool.maxConnections)) : '–'}</p>
      {flows && (flows.stuckFlows ? <p class="bad-text">{say.stuck(count(flows.stuckFlows))}. <Link to="/?stuck=true">{say.showStuck}</Link></p> : <p>{say.noStuck}</p>)}
    </Panel>
  );
}

export function NodesPage() {
  const all = useTexts(operationTexts);
  const say = all.nodes;
  const count = useCount();
  const isOperator = may(useStore(session), 'operations.read');
  const loaded = useRead<{ nodes: NodeRow[] }>(isOperator ? '/nodes' : null, 3000);
  return (
    <>
      <Page title={say.title} loaded={isOperator ? loaded : { ...loaded, data: { nodes: [] } }}>
        {({ nodes }) => !isOperator ? <p>{say.loginNeeded}</p> : !nodes.length ? <Empty>{all.none}</Empty> : (
          <Table label={say.title}>
            <thead><tr><th>{all.node}</th><th>{say.state}</th><th class="number">{say.epoch}</th><th>{say.lease}</th><th class="number">{say.written}</th><th class="number">{say.published}</th><th class="number">{say.unpublished}</th></tr></thead>
            <tbody>
              {nodes.map((n) => (
                <tr key={n.name}>
                  <td>{n.isThis ? <strong class="nowrap">{n.name}</strong> : n.url && /^https?:/.test(n.url) ? <a href={n.url}>{n.name}</a> : n.name} {n.isThis && <span class="quiet">({say.thisNode})</span>}</td>
                  <td><Tag tone={n.isLive ? 'good' : 'bad'} sign={n.isLive ? '✓' : '✕'}>{n.isLive ? say.live : say.dead}</Tag></td>
                  <td class="number">{n.epoch}</td><td class="nowrap"><Time at={n.leaseUntil} /></td><td class="number">{count(n.lastSequence)}</td><td class="number">{count(n.published)}</td><td class={`number ${n.unpublished ? 'warn-text' : ''}`}>{count(n.unpublished)}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Page>
      <div class="columns"><HealthPanel /><Stuck /></div>
    </>
  );
}
