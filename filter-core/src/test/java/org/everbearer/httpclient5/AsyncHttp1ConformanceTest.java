package org.everbearer.httpclient5;

import org.apache.hc.core5.http2.HttpVersionPolicy;

/** The conformance suite through the asynchronous HttpClient over HTTP/1.1. */
class AsyncHttp1ConformanceTest
    implements AttachContract, AcceptanceContract, RejectionContract, ReplacementContract, RedirectContract,
        ChainContract, WaitContract, BrokenSourceContract, RefusalContract {
  @Override
  public TestClient client(Setup setup) throws Exception {
    return AsyncTestClient.speaking(HttpVersionPolicy.FORCE_HTTP_1, setup);
  }
}
