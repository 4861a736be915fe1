#!/usr/bin/env bash
# Three customers' payments that their bank booked as one, in a statement in camt.053 of ISO 20022, by four libraries,
# seen on 2026-12-01 with Node.js 20, Python 3.11 and Java 17. The payments of 19.99, 12.49 and 49.99, for orders 0017,
# 0018 and 0019, are one entry of 82.47, as with direct debits; one of 19.99, for 0016, was taken back.
# - hbci4j-core 4.0.0 (Maven Central), which reads camt.052, alike but for its names, gives one payment of 82.47, for
#   0017: that order has too much, and the two others are not paid.
# - iso20022.js 0.0.15 (npm) and camt053 0.0.23 (PyPI) list the three below 82.47, without the amount of any.
# - iso20022.js makes numbers of references: order 0018 is 18. It gives 1998.9999999999998 for cents, and reversal:
#   false for what was taken back.
# - bankstatementparser 0.0.29 (PyPI) gives four amounts, by which the balances change.
# What to do: take the amounts of the details (TxDtls), and refuse an entry where they do not sum up to its own, or are
# fewer than NbOfTxs; references as texts; a test with a batch. Output seen: as below. Fails when that changes.
# Takes minutes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund iso20022.js@0.0.15 >npm.log
python3 -m venv python >/dev/null
python/bin/pip install --quiet --disable-pip-version-check bankstatementparser==0.0.29 pandas==2.3.3
# It asks for twenty packages, most of which its command line needs.
python/bin/pip install --quiet --disable-pip-version-check --no-deps camt053==0.0.23 defusedxml==0.7.1 jinja2==3.1.6 \
  markupsafe xmlschema==4.3.2 elementpath
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>com.github.hbci4j</groupId><artifactId>hbci4j-core</artifactId><version>4.0.0</version>
    </dependency>
  </dependencies>
</project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=jars >maven.log
# detail REFERENCE AMOUNT: one payment of an entry
detail() {
  echo "<TxDtls><Refs><EndToEndId>$1</EndToEndId></Refs>"
  echo "<AmtDtls><TxAmt><Amt Ccy=\"EUR\">$2</Amt></TxAmt></AmtDtls><RmtInf><Ustrd>$1</Ustrd></RmtInf></TxDtls>"
}
# entry AMOUNT DIRECTION CODE: the start of an entry
entry() {
  echo "<Ntry><NtryRef>1</NtryRef><Amt Ccy=\"EUR\">$1</Amt><CdtDbtInd>$2</CdtDbtInd>"
  if [ "$2" = DBIT ]; then echo "<RvslInd>true</RvslInd>"; fi
  echo "<Sts>BOOK</Sts><BookgDt><Dt>2026-11-30</Dt></BookgDt><ValDt><Dt>2026-11-30</Dt></ValDt>"
  echo "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>$3</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls>"
}
# balance KIND AMOUNT
balance() {
  echo "<Bal><Tp><CdOrPrtry><Cd>$1</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">$2</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
  echo "<Dt><Dt>2026-11-30</Dt></Dt></Bal>"
}
{
  echo '<?xml version="1.0" encoding="UTF-8"?>'
  echo '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
  echo '<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-12-01T06:00:00</CreDtTm></GrpHdr>'
  echo '<Stmt><Id>S1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-12-01T06:00:00</CreDtTm>'
  echo '<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy>'
  echo '<Svcr><FinInstnId><BIC>COBADEFFXXX</BIC></FinInstnId></Svcr></Acct>'
  balance OPBD 1000.00
  balance CLBD 1062.48
  entry 82.47 CRDT ESDD
  echo "<Btch><NbOfTxs>3</NbOfTxs></Btch>"
  detail 0017 19.99
  detail 0018 12.49
  detail 0019 49.99
  echo "</NtryDtls></Ntry>"
  entry 19.99 DBIT UPDD
  detail 0016 19.99
  echo "</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
} >camt.053.xml
sed 's/camt.053.001.02/camt.052.001.02/; s/BkToCstmrStmt/BkToCstmrAcctRpt/; s/Stmt>/Rpt>/' camt.053.xml >camt.052.xml
cat >read.mjs <<'END'
import { readFileSync } from 'node:fs';
import { CashManagementEndOfDayReport } from 'iso20022.js';

const report = CashManagementEndOfDayReport.fromXML(readFileSync('camt.053.xml', 'utf8'));
for (const { amount, creditDebitIndicator, reversal, transactions } of report.statements[0].entries) {
  console.log(`iso20022.js: ${amount} ${creditDebitIndicator}, reversal: ${reversal}, ${JSON.stringify(transactions)}`);
}
END
cat >read.py <<'END'
import camt053
from bankstatementparser import CamtParser

for entry in camt053.parse_document(open("camt.053.xml").read()).statements[0].entries:
    details = [detail.end_to_end_id for detail in entry.details]
    amounts = any("amount" in vars(detail) for detail in entry.details)
    print(f"camt053: {entry.amount} {entry.credit_debit_indicator}, reversal: {entry.reversal_indicator}, {details}, "
          f"amounts of them: {amounts}")
for line in CamtParser("camt.053.xml").parse().to_dict("records"):
    print(f"bankstatementparser: {line['Amount']} for {line['EndToEndId']}")
END
cat >Read.java <<'END'
import java.io.FileInputStream;
import java.util.ArrayList;
import org.kapott.hbci.GV.parsers.ParseCamt05200102;
import org.kapott.hbci.GV_Result.GVRKUms;

public class Read {
  public static void main(String[] arguments) throws Exception {
    var days = new ArrayList<GVRKUms.BTag>();
    try (var file = new FileInputStream("camt.052.xml")) {
      new ParseCamt05200102().parse(file, days);
    }
    for (var day : days) {
      for (var line : day.lines) {
        System.out.println("hbci4j: " + line.value + " for " + line.endToEndId + ", reversal: " + line.isStorno);
      }
    }
  }
}
END
{
  java -cp 'jars/*' Read.java 2>java.log
  node read.mjs
  python/bin/python read.py 2>python.log
} | tee seen
diff seen - <<'END'
hbci4j: 82.47 EUR for 0017, reversal: false
hbci4j: -19.99 EUR for 0016, reversal: true
iso20022.js: 8247 credit, reversal: false, [{"remittanceInformation":17},{"remittanceInformation":18},{"remittanceInformation":19}]
iso20022.js: 1998.9999999999998 debit, reversal: false, [{"remittanceInformation":16}]
camt053: 82.47 CRDT, reversal: False, ['0017', '0018', '0019'], amounts of them: False
camt053: 19.99 DBIT, reversal: True, ['0016'], amounts of them: False
bankstatementparser: 19.99 for 0017
bankstatementparser: 12.49 for 0018
bankstatementparser: 49.99 for 0019
bankstatementparser: -19.99 for 0016
END
echo "as described"
