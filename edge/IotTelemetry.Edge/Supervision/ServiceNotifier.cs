using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Supervision;

/// <summary>
/// Tells the service manager how the agent does, by the protocol of sd_notify(3): datagrams to the socket that <c>NOTIFY_SOCKET</c> names, a path or (with @) an abstract one. Without that variable every call does nothing.
/// Thread-safe. A manager that does not listen is logged once and never stops the agent.
/// </summary>
internal sealed class ServiceNotifier : IDisposable
{
    private readonly ILogger _log;
    private readonly UnixDomainSocketEndPoint? _manager;
    private readonly Socket? _socket;
    private int _failed;
    private string _status = "";

    /// <param name="socket">The value of NOTIFY_SOCKET; null or empty for none.</param>
    /// <param name="watchdog">How often the manager wants to hear from the agent at the least; null when it does not watch.</param>
    /// <param name="log">Where a manager that cannot be reached is told.</param>
    public ServiceNotifier(string? socket, TimeSpan? watchdog, ILogger log)
    {
        _log = log;
        if (string.IsNullOrEmpty(socket))
        {
            return;
        }

        if (socket[0] is not ('/' or '@'))
        {
            CaretakerLog.NotifyImpossible(log, socket);
            return;
        }

        _manager = new UnixDomainSocketEndPoint(socket[0] == '@' ? '\0' + socket[1..] : socket);

        // A manager whose queue is full must not hold up the agent.
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        WatchdogInterval = watchdog;
    }

    /// <summary>The manager ends the agent when it does not hear <see cref="Alive"/> for so long; null when it does not watch.</summary>
    public TimeSpan? WatchdogInterval { get; }

    /// <summary>As the environment of this process says: NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID (sd_watchdog_enabled(3)).</summary>
    public static ServiceNotifier FromEnvironment(ILogger log)
    {
        var watched = Environment.GetEnvironmentVariable("WATCHDOG_PID") is not { Length: > 0 } pid || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var watchdog = watched && long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : (TimeSpan?)null;
        return new ServiceNotifier(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), watchdog, log);
    }

    /// <summary>The agent runs, or runs again after <see cref="Reloading"/>.</summary>
    public void Ready() => Send("READY=1");

    /// <summary>The agent takes a changed configuration; <see cref="Ready"/> follows whether it was taken or refused.</summary>
    public void Reloading()
    {
        // The manager pairs the answer with its request by CLOCK_MONOTONIC, which is what Stopwatch reads on Linux.
        var monotonic = Stopwatch.GetElapsedTime(0).Ticks / TimeSpan.TicksPerMicrosecond;
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={monotonic}"));
    }

    /// <summary>The agent has begun to stop.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <summary>The agent lives; wanted within each <see cref="WatchdogInterval"/>.</summary>
    public void Alive() => Send("WATCHDOG=1");

    /// <summary>One line for whoever looks at the service; the same line again is not sent.</summary>
    public void Status(string line)
    {
        if (Interlocked.Exchange(ref _status, line) != line)
        {
            Send("STATUS=" + line);
        }
    }

    public void Dispose() => _socket?.Dispose();

    private void Send(string state)
    {
        if (_socket is null)
        {
            return;
        }

        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(state), _manager!);
            Volatile.Write(ref _failed, 0);
        }
        catch (SocketException exception)
        {
            if (Interlocked.Exchange(ref _failed, 1) == 0)
            {
                CaretakerLog.NotifyFailed(_log, state, exception.Message);
            }
        }
    }
}
