#!/usr/bin/env bash
# Amounts of tokens, as crypto payments of orders are asked for and compared, turned into the token's smallest unit, of
# which there are a million, and back, by six libraries, seen on 2026-12-01 with Node.js 20 and Python 3.11.
# - A price of 12.3456789 has too many decimals. ethers 6.17.0 and xrpl 5.3.0 (npm) refuse it; viem 2.57.20 (npm) rounds
#   to 12.345679; web3-utils 4.3.3 (npm) and eth-utils 6.0.0 (PyPI) cut off, 12.345678; tronweb 6.5.1 (npm) gives
#   12345678.9 units. What one program asks for, the other finds to be one unit short.
# - web3-utils makes an empty text of 0.0000005, "-" of -0.0000005, and "0" of an empty text.
# - Its fromWei() writes negative amounts, as of a balance that is owed, with the sign between the digits: -5 units are
#   0.0000-5, -50000 are 0.-5, and -500000 are -.5. eth-utils refuses them.
# - tronweb makes NaN of "1,250" and of "", without an error; the others refuse the first one.
# What to do: fix the decimals before the conversion, by one rule on both sides; refuse what has more; ask for
# /^\d+(\.\d{1,6})?$/ before tronweb and web3, and convert without the sign. Output seen: as below. Fails when that
# changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund viem@2.57.20 ethers@6.17.0 web3-utils@4.3.3 xrpl@5.3.0 tronweb@6.5.1 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check eth-utils==6.0.0
cat >units.mjs <<'END'
import * as ethers from 'ethers';
import { TronWeb } from 'tronweb';
import * as viem from 'viem';
import * as web3 from 'web3-utils';
import xrpl from 'xrpl';

const libraries = {
  ethers: [(amount) => ethers.parseUnits(amount, 6), (units) => ethers.formatUnits(units, 6)],
  viem: [(amount) => viem.parseUnits(amount, 6), (units) => viem.formatUnits(BigInt(units), 6)],
  'web3-utils': [(amount) => web3.toWei(amount, 'mwei'), (units) => web3.fromWei(units, 'mwei')],
  xrpl: [xrpl.xrpToDrops, xrpl.dropsToXrp],
  tronweb: [TronWeb.toSun, TronWeb.fromSun],
};
const show = (convert) => (given) => {
  try {
    return `"${given}" is "${convert(given)}"`;
  } catch {
    return `"${given}" raises`;
  }
};
for (const [name, [parse, format]] of Object.entries(libraries)) {
  const amounts = ['12.5', '12.3456789', '0.0000005', '-0.0000005', '1,250', ''];
  console.log(`to units by ${name}: ${amounts.map(show(parse)).join(', ')}`);
  console.log(`from units by ${name}: ${['12500000', '-5', '-50000', '-500000'].map(show(format)).join(', ')}`);
}
END
cat >units.py <<'END'
from eth_utils import from_wei, to_wei

def show(convert, given):
    try:
        return f'"{given}" is "{convert(given)}"'
    except Exception:
        return f'"{given}" raises'

amounts = "12.5", "12.3456789", "0.0000005", "-0.0000005", "1,250", ""
print("to units by eth-utils:", ", ".join(show(lambda amount: to_wei(amount, "mwei"), amount) for amount in amounts))
print("from units by eth-utils:", ", ".join(
    show(lambda units: f"{from_wei(int(units), 'mwei'):f}", units) for units in ("12500000", "-5", "-50000", "-500000")))
END
{
  node units.mjs
  python/bin/python units.py
} | tee seen
diff seen - <<'END'
to units by ethers: "12.5" is "12500000", "12.3456789" raises, "0.0000005" raises, "-0.0000005" raises, "1,250" raises, "" raises
from units by ethers: "12500000" is "12.5", "-5" is "-0.000005", "-50000" is "-0.05", "-500000" is "-0.5"
to units by viem: "12.5" is "12500000", "12.3456789" is "12345679", "0.0000005" is "1", "-0.0000005" is "-1", "1,250" raises, "" raises
from units by viem: "12500000" is "12.5", "-5" is "-0.000005", "-50000" is "-0.05", "-500000" is "-0.5"
to units by web3-utils: "12.5" is "12500000", "12.3456789" is "12345678", "0.0000005" is "", "-0.0000005" is "-", "1,250" raises, "" is "0"
from units by web3-utils: "12500000" is "12.5", "-5" is "0.0000-5", "-50000" is "0.-5", "-500000" is "-.5"
to units by xrpl: "12.5" is "12500000", "12.3456789" raises, "0.0000005" raises, "-0.0000005" raises, "1,250" raises, "" raises
from units by xrpl: "12500000" is "12.5", "-5" is "-0.000005", "-50000" is "-0.05", "-500000" is "-0.5"
to units by tronweb: "12.5" is "12500000", "12.3456789" is "12345678.9", "0.0000005" is "0.5", "-0.0000005" is "-0.5", "1,250" is "NaN", "" is "NaN"
from units by tronweb: "12500000" is "12.5", "-5" is "-0.000005", "-50000" is "-0.05", "-500000" is "-0.5"
to units by eth-utils: "12.5" is "12500000", "12.3456789" is "12345678", "0.0000005" is "0", "-0.0000005" raises, "1,250" raises, "" raises
from units by eth-utils: "12500000" is "12.5", "-5" raises, "-50000" raises, "-500000" raises
END
echo "as described"
