package org.everbearer.coordinator;

import java.util.ArrayList;
import java.util.List;
import org.everbearer.TokenRecord;
import org.everbearer.log.Redaction;

/** What nobody may say of records: their tokens. */
final class RecordSecrets {
  private RecordSecrets() {}

  /** @param records each may be null */
  static Redaction of(TokenRecord... records) {
    List<String> secrets = new ArrayList<>();
    for (TokenRecord record : records) {
      if (record == null) continue;
      if (record.accessToken() != null) secrets.add(record.accessToken());
      if (record.refreshToken() != null) secrets.add(record.refreshToken());
    }
    return new Redaction(secrets);
  }
}
