using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>ClickHouse's own client for Node.js, unchanged, against the door.</summary>
[Collection(OneDoor.Name)]
public sealed class NpmClientTests(DoorFixture fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private string Url => fixture.Service.Http.BaseAddress!.AbsoluteUri;

    [ClickHouseClientFact]
    public async Task Official_client_works_unchanged()
    {
        Assert.Equal(
            """
            ping true
            JSONEachRow [{"n":0,"s":"0"},{"n":1,"s":"1"}]
            CSV "1,\"a,b\"\n"
            Parquet PAR1 PAR1
            parameters true 42 [ 'a', "b'c" ] 2026-01-02 03:04:05.678
            insert 1 20000
            session 15
            stream 10000000
            abort The user aborted a request.
            bad SQL 62 SYNTAX_ERROR
            no table 60 UNKNOWN_TABLE
            wrong password 516 AUTHENTICATION_FAILED
            rows 396 TOO_MANY_ROWS_OR_BYTES
            memory 241 MEMORY_LIMIT_EXCEEDED
            time 159 TIMEOUT_EXCEEDED
            writing 164 READONLY
            bye

            """,
            await RunAsync("clickhouse.mjs", Url, "ingest", "rows", "analyst", "analyst's"));

        // The aborted statement has ended, and everything else.
        await fixture.Service.WaitForAsync("doorStatements", 0);
    }

    [ClickHouseClientFact]
    public async Task Official_client_finds_what_gateways_sent_once_in_order_and_as_it_was()
    {
        const int Frames = 60;
        const int ReadingsPerFrame = 40;
        Random random = new(7);
        List<string> sent = [];
        List<OutboxClient> clients = [];
        foreach (string name in (string[])["judged-1", "judged-2"])
        {
            TestGateway gateway = new(name, bays: 8, site: "judged");
            byte[][] frames = new byte[Frames][];
            for (int seq = 1; seq <= Frames; seq++)
            {
                (int Point, long TimestampMs, double Value)[] readings = [.. Enumerable.Range(0, ReadingsPerFrame).Select(i => Reading(random, TestGateway.NewYear - 50_000 + (seq * 1000L) + i))];
                frames[seq - 1] = gateway.Frame(1, (ulong)seq, readings);
                sent.AddRange(readings.Select(r => Line(
                    name, "1", Number(seq), gateway.Birth.Points[r.Point].Asset.Name, gateway.Birth.Points[r.Point].Name, Number(r.TimestampMs), Number(r.Value))));
            }

            clients.Add(new OutboxClient(gateway, 1, frames));
        }

        Assert.DoesNotContain(false, await Task.WhenAll(clients.Select(client => client.RunAsync(fixture.Service.MqttPort))));
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(file, sent);
            Assert.Equal(
                """
                rows 0 too many, 0 doubled
                values 0 too many, 0 other than sent
                frames 0 out of order
                by minute 0 too many
                by hour 0 too many

                """,
                await RunAsync("stored.mjs", Url, "judged", file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    // Points of a bay are, in this order, whether it is occupied, a distance and a text; the text is left out.
    private static (int Point, long TimestampMs, double Value) Reading(Random random, long timestampMs)
    {
        int bay = random.Next(8);
        return random.Next(2) == 0 ? (bay * 3, timestampMs, random.Next(2)) : ((bay * 3) + 1, timestampMs, random.Next(-40_000, 40_000) / 10.0);
    }

    private static string Line(params string[] texts) => JsonSerializer.Serialize(texts);

    private static string Number(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task<string> RunAsync(string script, params string[] arguments)
    {
        using Process node = Process.Start(new ProcessStartInfo("node", [Path.Combine(ClickHouseClientFactAttribute.Peers, script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = node.StandardError.ReadToEndAsync();
        Task<string> printed = node.StandardOutput.ReadToEndAsync();
        try
        {
            await node.WaitForExitAsync().WaitAsync(Limit);
        }
        finally
        {
            node.Kill();
        }

        Assert.Equal("", await errors);
        return await printed;
    }
}
