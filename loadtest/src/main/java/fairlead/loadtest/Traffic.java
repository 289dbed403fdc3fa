package fairlead.loadtest;

import java.net.InetSocketAddress;

/**
 * What goes to one contestant, and what must come back: one kind of request.
 *
 * @param what whose it is, for messages
 * @param differing whether each request carries another number
 * @param churn whether each request has a connection of its own
 */
record Traffic(
    String what,
    InetSocketAddress address,
    Request request,
    Expected expected,
    boolean differing,
    boolean churn) {

  /** The calls that are measured. */
  static Traffic measured(Contestant contestant, Load load, boolean differing) {
    boolean stream = load.kind().isStream();
    boolean churn = load.kind() == LoadKind.CHURN;
    return new Traffic(
        contestant.name() + " in " + load.name(),
        contestant.address(stream),
        Request.of(
            contestant,
            new Request.Form(contestant.model(), stream, load.bodyBytes(), false, churn)),
        new Expected(false, stream, events(contestant, stream, LoadKind.STREAM_EVENTS)),
        differing && !contestant.repeats(),
        churn);
  }

  /** What disturbs them: long streams, or calls with wrong keys, each another one. */
  static Traffic beside(Contestant contestant, Load load, boolean differing) {
    boolean stream = load.kind() == LoadKind.MIXED;
    String model = stream ? contestant.longModel() : contestant.model();
    return new Traffic(
        contestant.name() + " beside " + load.name(),
        contestant.address(stream),
        Request.of(contestant, new Request.Form(model, stream, load.bodyBytes(), !stream, false)),
        new Expected(
            !stream && contestant.checksKeys(),
            stream,
            events(contestant, stream, LoadKind.LONG_STREAM_EVENTS)),
        (differing && !contestant.repeats()) || !stream,
        false);
  }

  private static int events(Contestant contestant, boolean stream, int exactly) {
    return stream && contestant.knowsAnswers() ? exactly : 0;
  }
}
