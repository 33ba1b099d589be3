using IotTelemetry.Edge.Clock;
using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Health;

/// <summary>What does not work just now, for the status. Thread-safe.</summary>
internal sealed class FaultBook(IGatewayClock clock)
{
    private const int LongestPart = 128;
    private const int LongestProblem = 512;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, GatewayFault> _faults = [];

    /// <summary>Raised after each change, on the thread that made it.</summary>
    public event Action? Changed;

    /// <summary>A part does not work; it did not before, or for another reason.</summary>
    public void Set(string part, string problem)
    {
        lock (_gate)
        {
            var known = _faults.GetValueOrDefault(part);
            var cut = problem.Length > LongestProblem ? problem[..LongestProblem] : problem;
            if (known?.Problem == cut)
            {
                return;
            }

            _faults[part] = new GatewayFault(part.Length > LongestPart ? part[..LongestPart] : part, cut, known?.SinceMs ?? clock.NowMs);
        }

        Changed?.Invoke();
    }

    /// <summary>A part works again.</summary>
    public void Clear(string part)
    {
        bool removed;
        lock (_gate)
        {
            removed = _faults.Remove(part);
        }

        if (removed)
        {
            Changed?.Invoke();
        }
    }

    /// <summary>A part does not work, or (null) does.</summary>
    public void Say(string part, string? problem)
    {
        if (problem is null)
        {
            Clear(part);
        }
        else
        {
            Set(part, problem);
        }
    }

    public bool Has(string part)
    {
        lock (_gate)
        {
            return _faults.ContainsKey(part);
        }
    }

    /// <summary>The faults for a status, the newest of them if there are too many; null for none.</summary>
    public IReadOnlyList<GatewayFault>? List()
    {
        lock (_gate)
        {
            return _faults.Count == 0 ? null : [.. _faults.Values.OrderByDescending(f => f.SinceMs).Take(GatewayStatus.MaximumFaults)];
        }
    }
}
