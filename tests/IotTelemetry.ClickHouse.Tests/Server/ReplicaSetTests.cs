using IotTelemetry.ClickHouse.Server;

namespace IotTelemetry.ClickHouse.Tests.Server;

public sealed class ReplicaSetTests
{
    private readonly ManualTime _time = new();
    private readonly ReplicaSet _replicas;

    public ReplicaSetTests() => _replicas = new ReplicaSet([new Uri("http://a"), new Uri("http://b"), new Uri("http://c")], _time);

    [Fact]
    public void Healthy_replicas_take_turns() => Assert.Equal("abcab", Choose(5));

    [Fact]
    public void Failed_replica_is_left_out_and_tried_again_by_one_request()
    {
        Replica a = _replicas.Choose();
        _replicas.Report(a, healthy: false);
        Assert.Equal("bcbc", Choose(4));

        _time.Advance(TimeSpan.FromSeconds(1.1));

        string after = Choose(4);
        Assert.Equal(1, after.Count(c => c == 'a'));
        _replicas.Report(a, healthy: true);
        Assert.Contains('a', Choose(3));
    }

    [Fact]
    public void Pause_doubles_with_every_failure_up_to_a_minute()
    {
        Replica a = _replicas.Choose();
        for (int failures = 1; failures <= 10; failures++)
        {
            _replicas.Report(a, healthy: false);
            Assert.Equal(Math.Min(60, Math.Pow(2, failures - 1)), (a.NotBefore - _time.GetUtcNow()).TotalSeconds);
        }
    }

    [Fact]
    public void When_all_have_failed_the_one_whose_pause_ends_first_is_asked()
    {
        Replica a = _replicas.Choose();
        Replica b = _replicas.Choose();
        Replica c = _replicas.Choose();
        _replicas.Report(b, healthy: false);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _replicas.Report(a, healthy: false);
        _replicas.Report(c, healthy: false);

        Assert.Same(b, _replicas.Choose());
    }

    private string Choose(int times) => string.Concat(Enumerable.Range(0, times).Select(_ => _replicas.Choose().Endpoint.Host));

    private sealed class ManualTime : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
