// all.mjs SAGACTL CHROMIUM FOLDER PORT: every page and action of the dashboard, against a real node in a real browser. The
// tests share one node and run in this order.
import './log_in.mjs';
import './list.mjs';
import './saga.mjs';
import './lra.mjs';
import './bulk.mjs';
import './operations.mjs';
import './kafka.mjs';
import './looks.mjs';
import './report.mjs';
import './ends.mjs';
