package org.everbearer.refresh;

import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultContentLengthStrategy;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.message.LazyLaxLineParser;
import org.apache.hc.core5.util.CharArrayBuffer;

/**
 * How HttpClient reads the frame of a reply here: bounded, and so that tokens are not lost for a header that is none or
 * a length that is wrong. What the frame says of the body is weighed by {@link ReplyBody}.
 */
final class LenientFraming {
  private LenientFraming() {}

  /** @param sent whether the request of the current thread has been sent; a proxy's answer to CONNECT comes before */
  static ManagedHttpClientConnectionFactory connections(BooleanSupplier sent) {
    return ManagedHttpClientConnectionFactory.builder()
        .http1Config(Http1Config.custom().setMaxLineLength(16_384).setMaxHeaderCount(200).build())
        .responseParserFactory(new DefaultHttpResponseParserFactory(new OddHeaders(), null))
        .incomingContentLengthStrategy(reply -> length(reply, sent.getAsBoolean()))
        .build();
  }

  // A body that is not chunked is read to the connection's end. A proxy's is left to HttpClient, which waits for it.
  private static long length(HttpMessage reply, boolean sent) throws HttpException {
    if (!sent) return DefaultContentLengthStrategy.INSTANCE.determineLength(reply);
    return isChunked(reply) ? ContentLengthStrategy.CHUNKED : ContentLengthStrategy.UNDEFINED;
  }

  static boolean isChunked(HttpMessage reply) {
    Header coding = reply.getFirstHeader(HttpHeaders.TRANSFER_ENCODING);
    return coding != null && coding.getValue() != null
        && coding.getValue().toLowerCase(Locale.ROOT).contains("chunked");
  }

  private static final class OddHeaders extends LazyLaxLineParser {
    @Override
    public Header parseHeader(CharArrayBuffer line) {
      try {
        return super.parseHeader(line);
      } catch (ParseException noHeader) {
        return new BasicHeader("unreadable", null);
      }
    }
  }
}
