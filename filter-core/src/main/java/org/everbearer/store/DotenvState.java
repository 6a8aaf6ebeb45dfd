package org.everbearer.store;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.everbearer.Fingerprint;
import org.everbearer.TokenRecord;

/**
 * What is known about the tokens in a {@code .env} file, kept beside it with hashes in their place. While tokens are
 * being replaced it holds two records, and the one whose hashes fit the {@code .env} file counts: so replacing that
 * file is the moment at which the new record begins.
 */
final class DotenvState {
  private static final DotenvState NONE = new DotenvState(null, null);

  // Records whose "tokens" are hashes; null when there is none.
  private final TokenRecord current;
  private final TokenRecord pending;

  private DotenvState(TokenRecord current, TokenRecord pending) {
    this.current = current;
    this.pending = pending;
  }

  static DotenvState none() {
    return NONE;
  }

  static DotenvState of(TokenRecord current) {
    return new DotenvState(hashed(current), null);
  }

  DotenvState before(TokenRecord next) {
    return new DotenvState(current, hashed(next));
  }

  /**
   * The record for these tokens, which are null where the file has none; null if there are no tokens and none are
   * expected. Tokens that nobody wrote are somebody's edit: a new family that follows all records known so far.
   */
  TokenRecord recordFor(String accessToken, String refreshToken) {
    for (TokenRecord known : new TokenRecord[] {pending, current}) {
      boolean fits = known != null && Objects.equals(known.accessToken(), hash(accessToken))
          && Objects.equals(known.refreshToken(), hash(refreshToken));
      if (fits) return known.toBuilder().tokens(accessToken, refreshToken).build();
    }
    if (accessToken == null && refreshToken == null) return null;
    TokenRecord newest = pending != null ? pending : current;
    if (newest != null && refreshToken != null && hash(refreshToken).equals(newest.refreshToken())) {
      // Only the access token was taken out or changed: whoever presents the refresh token, or has presented it, still does.
      return newest.toBuilder().generation(newestGeneration() + 1).tokens(accessToken, refreshToken).expiry(0, 0).build();
    }
    TokenRecord.Builder edited = TokenRecord.builder()
        .generation(newestGeneration() + 1)
        .tokens(accessToken, refreshToken);
    return newest == null ? edited.build() : edited.history(newest.origins(), spentUpTo(newest)).build();
  }

  /** A copy that somebody has put back must be known again: so the token that was replaced by the edit counts as spent. */
  private static List<String> spentUpTo(TokenRecord newest) {
    List<String> spent = new ArrayList<>(newest.spent());
    // In here tokens are hashes, of which a mark is the beginning.
    if (newest.refreshToken() != null) spent.add(newest.refreshToken().substring(0, TokenRecord.MARK_LENGTH));
    return spent;
  }

  /** Whether this state says of the record, made by {@link #recordFor}, all there is, and of no other. */
  boolean isSettledFor(TokenRecord record) {
    return record == null || pending == null && record.generation() == newestGeneration();
  }

  private long newestGeneration() {
    return Math.max(Generations.of(current), Generations.of(pending));
  }

  private static TokenRecord hashed(TokenRecord record) {
    return record.toBuilder().tokens(hash(record.accessToken()), hash(record.refreshToken())).build();
  }

  private static String hash(String token) {
    return token == null ? null : Fingerprint.hash(token);
  }

  String encode(String key) {
    JsonObject json = RecordCodec.header(key);
    write(json, "current", current);
    write(json, "pending", pending);
    return RecordCodec.text(json);
  }

  private static void write(JsonObject json, String name, TokenRecord record) {
    if (record == null) return;
    JsonObject fields = new JsonObject();
    RecordCodec.write(fields, record, "accessTokenHash", "refreshTokenHash");
    json.add(name, fields);
  }

  static DotenvState decode(String key, String text) throws IOException {
    JsonObject json = RecordCodec.parse(text);
    RecordCodec.requireKey(json, key);
    DotenvState state = new DotenvState(read(json, "current"), read(json, "pending"));
    if (state.newestGeneration() == 0) throw new DamagedRecordException("it holds no state");
    return state;
  }

  private static TokenRecord read(JsonObject json, String name) throws IOException {
    JsonElement fields = json.get(name);
    if (fields == null || fields.isJsonNull()) return null;
    if (!fields.isJsonObject()) throw new DamagedRecordException("its field '" + name + "' is no object");
    return RecordCodec.read(fields.getAsJsonObject(), "accessTokenHash", "refreshTokenHash");
  }
}
