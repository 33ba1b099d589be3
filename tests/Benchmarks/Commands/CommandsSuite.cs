using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace IotTelemetry.Benchmarks.Commands;

/// <summary>
/// The way of a command on loopback: from the request over HTTP to the moment the same client learns that the feedback shows it. The service is a process of its own; gateway and client are this one.
/// In between lie two inserts into the store, one behind the other: asked and sent, then accepted, executed and verified.
/// </summary>
internal sealed class CommandsSuite : ISuite
{
    private const int Loads = 50;
    private const int Warm = 100;
    private const int Commands = 1000;

    public string Name => "commands";

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string directory = Directory.CreateTempSubdirectory("iot-bench-").FullName;
        using Process service = Process.Start(new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "iot-cloud.dll"), "serve", "--data", Path.Combine(directory, "data"), "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0", "--log-file", Path.Combine(directory, "log")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            Task<string> errors = service.StandardError.ReadToEndAsync(cancellationToken);
            string line = await service.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException($"the service did not start: {await errors}");
            await using AnsweringGateway gateway = await AnsweringGateway.ConnectAsync(Port(line, "mqtt"), Loads, cancellationToken);
            using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{Port(line, "http")}/") };
            http.DefaultRequestHeaders.Add("X-Author", "bench");
            while (!(await http.GetAsync(new Uri($"api/assets/{AnsweringGateway.Id.Site}/load-0", UriKind.Relative), cancellationToken)).IsSuccessStatusCode)
            {
                await Task.Delay(50, cancellationToken);
            }

            List<double> taken = [];
            List<double> verified = [];
            for (int i = 0; i < Warm + Commands; i++)
            {
                (double accepted, double end) = await SwitchAsync(http, i, cancellationToken);
                if (i >= Warm)
                {
                    taken.Add(accepted);
                    verified.Add(end);
                }
            }

            taken.Sort();
            verified.Sort();
            yield return new Figure("a command is answered with 202, p50", taken[Commands / 2], "ms", Better.Lower);
            yield return new Figure("command round trip, request to verified, p50", verified[Commands / 2], "ms", Better.Lower, 20);
            yield return new Figure("command round trip, request to verified, p99", verified[Commands * 99 / 100], "ms", Better.Lower, 100);
        }
        finally
        {
            service.Kill();
            await service.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<(double AcceptedMs, double VerifiedMs)> SwitchAsync(HttpClient http, int number, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage answer = await http.PostAsJsonAsync(
            $"api/assets/{AnsweringGateway.Id.Site}/load-{number % Loads}/commands", new { value = number / Loads % 2 == 0, reason = "bench" }, cancellationToken);
        JsonElement command = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        double accepted = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        while (!command.GetProperty("final").GetBoolean())
        {
            int seen = command.GetProperty("transitions").GetArrayLength();
            command = await http.GetFromJsonAsync<JsonElement>(string.Create(CultureInfo.InvariantCulture, $"api/commands/{command.GetProperty("id").GetString()}?after={seen}&waitSeconds=30"), cancellationToken);
        }

        return command.GetProperty("state").GetString() == "verified"
            ? (accepted, Stopwatch.GetElapsedTime(start).TotalMilliseconds)
            : throw new InvalidOperationException($"a command ended as {command}");
    }

    private static int Port(string line, string name) => int.Parse(line.Split($"{name}=127.0.0.1:")[1].Split(' ')[0], CultureInfo.InvariantCulture);
}
