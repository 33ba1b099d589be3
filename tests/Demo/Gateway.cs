using System.Text.Json;

namespace IotTelemetry.Demo;

/// <summary>A gateway: <c>iot-edge</c> with a simulated board, or replaying a file.</summary>
public sealed class Gateway : IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);

    private readonly ManagedProgram _program;
    private readonly string _configuration;

    private Gateway(SimulatedGateway simulated, ManagedProgram program, string configuration)
    {
        Simulated = simulated;
        _program = program;
        _configuration = configuration;
    }

    /// <summary>The board it simulates.</summary>
    public SimulatedGateway Simulated { get; }

    /// <summary>Starts a gateway with a simulated board; its state and log lie in <paramref name="directory"/>.</summary>
    public static Gateway Start(CloudService cloud, string directory, SimulatedGateway simulated)
    {
        var configuration = Path.Combine(directory, $"{simulated.BoardFile}.json");
        File.WriteAllText(configuration, simulated.Configuration(cloud.Mqtt, Path.Combine(directory, simulated.BoardFile)));
        var program = ManagedProgram.Start(
            $"iot-edge {simulated.BoardFile}", Path.Combine(directory, $"{simulated.BoardFile}.log"), Checkout.Edge,
            "run", configuration, "--drain-on-stop", $"{DrainLimit.TotalSeconds:F0}");
        return new Gateway(simulated, program, configuration);
    }

    /// <summary>Replays a file and returns when the cloud has confirmed all of it.</summary>
    public static async Task ReplayAsync(
        CloudService cloud, string stateDirectory, string file, string format, string site, string gateway, CancellationToken cancellationToken)
    {
        await using var program = ManagedProgram.Start(
            "iot-edge --replay", Path.Combine(stateDirectory, "replay.log"), Checkout.Edge,
            "--replay", file, "--format", format, "--site", site, "--gateway", gateway, "--mqtt", $"mqtt://{cloud.Mqtt}", "--state", stateDirectory);
        using var kill = cancellationToken.Register(() => _ = program.KillAsync());
        var status = await program.WaitForExitAsync(TimeSpan.FromSeconds(100)).ConfigureAwait(false);
        if (status != 0)
        {
            throw new InvalidOperationException($"the replay ended with status {status}. {program.Tail()}");
        }
    }

    /// <summary>SIGTERM: sampling ends, and the agent waits until the cloud has confirmed what its outbox holds.</summary>
    public async Task StopAsync()
    {
        var status = await _program.StopAsync(DrainLimit + TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        if (status != 0)
        {
            throw new InvalidOperationException($"{_program.Name} ended with status {status}. {_program.Tail()}");
        }
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _program.KillAsync();

    /// <summary>The readings that entered this gateway's outbox, by its own durable counter; the agent must be stopped.</summary>
    public async Task<long> ReadingsSentAsync(CancellationToken cancellationToken)
    {
        await using var program = ManagedProgram.Start("iot-edge outbox", Path.ChangeExtension(_configuration, ".outbox.log"), Checkout.Edge, "outbox", _configuration, "--json");
        var status = await program.WaitForExitAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(false);
        if (status != 0)
        {
            throw new InvalidOperationException($"iot-edge outbox ended with status {status}. {program.Tail()}");
        }

        await using var output = new FileStream(program.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var json = await JsonDocument.ParseAsync(output, cancellationToken: cancellationToken).ConfigureAwait(false);
        return json.RootElement.GetProperty("readingsAppended").GetInt64();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
