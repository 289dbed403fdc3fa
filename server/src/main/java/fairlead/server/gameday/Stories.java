package fairlead.server.gameday;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * The user stories, failures under load, side by side.
 *
 * <p>Belongs to one thread. Lifecycle: 1. create; 2. {@link #describe}; 3. {@link #play} once; 4.
 * {@link #close}.
 */
final class Stories implements AutoCloseable {
  private static final List<String> IDS =
      List.of("U1", "U2", "U3", "U4", ReplicaStories.KILLED, ReplicaStories.SLOW);

  private final List<UpstreamStory> upstream = new ArrayList<>();
  private final ReplicaStories replicas;
  private final boolean any;

  Stories(Timing timing, Set<String> only) {
    replicas = new ReplicaStories(timing, only, yaml -> GatewayUnderTest.start(yaml, List.of()));
    any = IDS.stream().anyMatch(only::contains);
    if (only.contains("U1")) {
      upstream.add(UpstreamStory.storm(timing));
    }
    if (only.contains("U2")) {
      upstream.add(UpstreamStory.halfBroken(timing));
    }
    if (only.contains("U3")) {
      upstream.add(UpstreamStory.tarPit(timing));
    }
    if (only.contains("U4")) {
      upstream.add(UpstreamStory.killed(timing));
    }
  }

  static List<String> ids() {
    return IDS;
  }

  void describe(GatewayConfig config) {
    upstream.forEach(story -> story.describe(config));
  }

  /** Tells them; one that cannot be told is a failed one, and the others are told all the same. */
  List<StoryResult> play(int port, Consumer<String> progress) throws InterruptedException {
    if (!any) {
      return List.of();
    }
    progress.accept("telling the user stories");
    List<StoryResult> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<StoryResult>> told = new ArrayList<>();
      for (UpstreamStory story : upstream) {
        told.add(threads.submit(() -> story.play(port)));
      }
      Future<List<StoryResult>> replicated = threads.submit(replicas::play);
      for (int i = 0; i < told.size(); i++) {
        try {
          results.add(told.get(i).get());
        } catch (ExecutionException e) {
          UpstreamStory story = upstream.get(i);
          results.add(StoryResult.notPlayed(story.id(), story.title(), cause(e)));
        }
      }
      try {
        results.addAll(replicated.get());
      } catch (ExecutionException e) {
        results.addAll(replicas.notPlayed(cause(e)));
      }
    }
    results.sort(Comparator.comparing(StoryResult::id));
    return results;
  }

  private static Throwable cause(ExecutionException e) {
    Throwable cause = e.getCause();
    return cause == null ? e : cause;
  }

  @Override
  public void close() {
    upstream.forEach(UpstreamStory::close);
  }
}
