#!/usr/bin/env bash
# Payment codes of Pix, Brazil's instant payments, as a shop shows one for each order, by seven libraries, seen on
# 2026-12-01 with Node.js 20 and Python 3.11. A code is a text of EMV's QR codes, and ends with a check value of four
# hexadecimal digits (EMVCo's QRCPS Merchant-Presented Mode 1.1, 4.7.3).
# - pix-payload 1.0.4, pix-qrcode 1.0.0 (npm) and pix-utils 1.0.1 (PyPI) leave out zeros at its start: of 160 orders
#   eleven get a code with three digits, which is none by EMV: these customers cannot pay, by whichever bank, and the
#   shop sees no error. A test with one order passes fifteen times of sixteen.
# - pix-utils 2.8.2, qrcode-pix 5.0.0, gpix 1.1.8 (npm) and pixcanvas 0.5.0 (PyPI) write all four.
# - An order of nothing, as after a voucher: pix-utils of npm, qrcode-pix and gpix leave the amount out, by which the
#   customer enters one; pix-payload and pix-qrcode write 0.00, pix-utils of PyPI raises, and so does pixcanvas.
# What to do: ask for /6304[0-9A-F]{4}$/ before a code is shown, and compute the check value once more; no code for an
# order of nothing; amounts as texts with two decimals. Output seen: as below. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts pix-payload@1.0.4 pix-qrcode@1.0.0 pix-utils@2.8.2 \
  qrcode-pix@5.0.0 gpix@1.1.8 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check --no-deps pix-utils==1.0.1 pixcanvas==0.5.0
cat >codes.cjs <<'END'
const { PIX } = require('gpix/dist');
const { payload } = require('pix-payload');
const { staticPix } = require('pix-qrcode');
const { createStaticPix } = require('pix-utils');
const { QrCodePix } = require('qrcode-pix');

const key = '123e4567-e89b-12d3-a456-426614174000';
const name = 'SHOP';
const city = 'RECIFE';
const libraries = {
  'pix-payload': (amount, transactionId) => payload({ key, name, city, amount, transactionId }),
  'pix-qrcode': async (amount, transactionId) => {
    const given = { pixKey: key, merchant: name, merchantCity: city, amount: amount.toFixed(2), transactionId };
    return (await staticPix(given)).payload;
  },
  'pix-utils of npm': (transactionAmount, txid) =>
    createStaticPix({ pixKey: key, merchantName: name, merchantCity: city, transactionAmount, txid }).toBRCode(),
  'qrcode-pix': (value, transactionId) =>
    QrCodePix({ version: '01', key, name, city, value, transactionId }).payload(),
  gpix: (amount, id) => {
    const code = PIX.static().setReceiverName(name).setReceiverCity(city).setKey(key).setIdentificator(id);
    return code.setAmount(amount).getBRCode();
  },
};

async function main() {
  for (const [library, code] of Object.entries(libraries)) {
    for (let order = 1; order <= 160; order++) {
      console.log([library, '12.50', await code(12.5, `ORDER${order}`)].join('\t'));
    }
    console.log([library, '0', await code(0, 'ORDER1')].join('\t'));
  }
}
main();
END
cat >check.py <<'END'
from binascii import crc_hqx
from collections import defaultdict
import re
import pix_utils
import pixcanvas

KEY = "123e4567-e89b-12d3-a456-426614174000"

def by_pix_utils(amount, order):
    return pix_utils.Code(KEY, "SHOP", "RECIFE", amount, order)

def by_pixcanvas(amount, order):
    shop = {"pix_key": KEY, "merchant_name": "SHOP", "merchant_city": "RECIFE"}
    return pixcanvas.create_static_pix(**shop, amount=amount, txid=order).br_code

def right(code):
    found = re.fullmatch(r"(.*6304)([0-9A-F]{4})", code)
    return bool(found) and crc_hqx(found[1].encode(), 0xFFFF) == int(found[2], 16)

codes, nothing = defaultdict(list), {}
for line in open("codes"):
    library, amount, code = line.rstrip("\n").split("\t")
    if amount == "0":
        nothing[library] = code
    else:
        codes[library].append(code)
for library, make in {"pix-utils of PyPI": by_pix_utils, "pixcanvas": by_pixcanvas}.items():
    codes[library] = [make("12.50", f"ORDER{order}") for order in range(1, 161)]
    try:
        nothing[library] = make("0.00", "ORDER1")
    except (ValueError, pixcanvas.PixError):
        nothing[library] = None
for library, made in codes.items():
    wrong = [code for code in made if not right(code)]
    short = [code for code in wrong if re.search(r"ORDER[0-9]+630[34][0-9A-F]{1,3}$", code)]
    code = nothing[library]
    amount = "raises" if code is None else "amount 0.00" if "54040.00" in code else "no amount"
    print(f"{library}: {len(wrong)} of {len(made)} are wrong, {len(short)} are short; an order of nothing: {amount}")
END
{
  node codes.cjs >codes
  python/bin/python check.py
} | tee seen
diff seen - <<'END'
pix-payload: 11 of 160 are wrong, 11 are short; an order of nothing: amount 0.00
pix-qrcode: 11 of 160 are wrong, 11 are short; an order of nothing: amount 0.00
pix-utils of npm: 0 of 160 are wrong, 0 are short; an order of nothing: no amount
qrcode-pix: 0 of 160 are wrong, 0 are short; an order of nothing: no amount
gpix: 0 of 160 are wrong, 0 are short; an order of nothing: no amount
pix-utils of PyPI: 11 of 160 are wrong, 11 are short; an order of nothing: raises
pixcanvas: 0 of 160 are wrong, 0 are short; an order of nothing: raises
END
echo "as described"
