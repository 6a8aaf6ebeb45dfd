package org.everbearer.coordinator;

import java.util.ArrayList;
import java.util.List;
import org.everbearer.Fingerprint;
import org.everbearer.TokenRecord;

/**
 * Which pairs a record has seen: a pair is known by its refresh token (by its access token if it has none), and one that
 * was ever seen is never new. Bounded: the pairs from which families began are few and kept the longest. Immutable.
 */
final class PairHistory {
  private static final int ORIGINS = 20;
  /** Of the application: more than a day of five-minute tokens. */
  private static final int SPENT = 500;
  /** Of one of many identities, whose first pair comes from a login and not from a file that may be old. */
  private static final int SPENT_OF_IDENTITY = 8;
  /** Stands in the list of spent marks where another family has begun. */
  private static final String NEW_FAMILY = "-";

  private final TokenRecord record;
  private final List<String> origins;
  private final List<String> spent;

  private PairHistory(TokenRecord record, List<String> origins, List<String> spent) {
    this.record = record;
    this.origins = origins;
    this.spent = spent;
  }

  /** Of a record, which may be null. */
  static PairHistory of(TokenRecord record) {
    TokenRecord known = record == null ? TokenRecord.builder().build() : record;
    return new PairHistory(known, known.origins(), known.spent());
  }

  /** The mark by which a pair is known, null if there is none. */
  static String mark(String accessToken, String refreshToken) {
    String token = refreshToken != null ? refreshToken : accessToken;
    return token == null ? null : TokenRecord.markOf(token);
  }

  /** What people see of a pair. */
  static String fingerprint(TokenRecord record) {
    if (record == null) return Fingerprint.of(null);
    return Fingerprint.of(record.refreshToken() != null ? record.refreshToken() : record.accessToken());
  }

  /** Whether the record stands at the pair, has come from it, or has left it behind. */
  boolean knows(String accessToken, String refreshToken) {
    String mark = mark(accessToken, refreshToken);
    return standsAt(accessToken, refreshToken) || origins.contains(mark)
        || spent.contains(mark) || record.spentHash() != null && record.spentHash().startsWith(mark);
  }

  /** Whether the record holds this very pair. */
  boolean standsAt(String accessToken, String refreshToken) {
    return mark(accessToken, refreshToken).equals(mark(record.accessToken(), record.refreshToken()));
  }

  /**
   * Whether what the store holds is older than a record that is known: an earlier state of its family, put back by another
   * hand. Not if somebody has signed in since with a refresh token that the server hands out again and again, nor if it
   * has come from the known record though its refresh token is an earlier one again.
   */
  static boolean isRestored(TokenRecord stored, TokenRecord known) {
    if (stored.refreshToken() == null || known.refreshToken() == null && !known.isCleared()) return false;
    if (stored.generation() < known.generation()) {
      boolean same = stored.refreshToken().equals(known.refreshToken());
      return same || of(stored).isOfFamilyOf(known) || of(known).hasLeft(stored.refreshToken());
    }
    boolean handedOver = of(stored).standsAtItsBeginning();
    return !handedOver && !of(stored).hasComeFrom(known) && of(known).hasLeft(stored.refreshToken());
  }

  private boolean isOfFamilyOf(TokenRecord other) {
    if (origins.isEmpty() || other.origins().isEmpty()) return false;
    return origins.get(origins.size() - 1).equals(other.origins().get(other.origins().size() - 1));
  }

  /** Whether the refresh token of the other one was exchanged later than this one's was the last time. */
  private boolean hasComeFrom(TokenRecord other) {
    // A record that an edit has begun was made by no exchange.
    if (other.refreshToken() == null || record.fence() == 0) return false;
    int then = spent.lastIndexOf(TokenRecord.markOf(other.refreshToken()));
    return then >= 0 && then > spent.lastIndexOf(TokenRecord.markOf(record.refreshToken()));
  }

  /** Whether the refresh token was exchanged for another one, or is an origin that the record has left behind. */
  boolean hasLeft(String refreshToken) {
    if (refreshToken.equals(record.refreshToken())) return false;
    String mark = TokenRecord.markOf(refreshToken);
    return spent.contains(mark) || origins.contains(mark);
  }

  /** Whether the present family has exchanged the refresh token for another one. */
  boolean hasSpent(String refreshToken) {
    if (refreshToken.equals(record.refreshToken())) return false;
    return ownSpent().contains(TokenRecord.markOf(refreshToken))
        || record.phase() == TokenRecord.Phase.IDLE && Fingerprint.hash(refreshToken).equals(record.spentHash());
  }

  /** Those of the present family. */
  private List<String> ownSpent() {
    return spent.subList(spent.lastIndexOf(NEW_FAMILY) + 1, spent.size());
  }

  /** Whether the record stands at the pair from which its family has just begun, and not at one that it had left. */
  private boolean standsAtItsBeginning() {
    String mark = mark(record.accessToken(), record.refreshToken());
    return beganFrom(record.accessToken(), record.refreshToken()) && !ownSpent().contains(mark);
  }

  /** Whether the present family began from this pair. */
  boolean beganFrom(String accessToken, String refreshToken) {
    return !origins.isEmpty() && origins.get(origins.size() - 1).equals(mark(accessToken, refreshToken));
  }

  /** The same after a family has begun from this pair, in place of the one that the record had. */
  PairHistory begunFrom(String accessToken, String refreshToken) {
    List<String> left = spent;
    String replaced = mark(record.accessToken(), record.refreshToken());
    String mark = mark(accessToken, refreshToken);
    if (replaced != null && !replaced.equals(mark)) left = with(with(spent, replaced, SPENT), NEW_FAMILY, SPENT);
    return new PairHistory(record, mark == null ? origins : with(origins, mark, ORIGINS), left);
  }

  /** The same after the record's refresh token was exchanged for the next one. */
  PairHistory rotatedTo(String next, boolean application) {
    String old = record.refreshToken();
    if (old == null || old.equals(next)) return this;
    String mark = TokenRecord.markOf(old);
    // Edited into the store by a person: nobody has noted it down as a beginning.
    List<String> begun = origins.isEmpty() ? with(origins, mark, ORIGINS) : origins;
    return new PairHistory(record, begun, with(spent, mark, application ? SPENT : SPENT_OF_IDENTITY));
  }

  TokenRecord.Builder onto(TokenRecord.Builder builder) {
    return builder.history(origins, spent);
  }

  private static List<String> with(List<String> marks, String newest, int most) {
    List<String> all = new ArrayList<>(marks);
    all.remove(newest);
    all.add(newest);
    return all.size() > most ? all.subList(all.size() - most, all.size()) : all;
  }
}
