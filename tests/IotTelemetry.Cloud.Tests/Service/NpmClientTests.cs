using System.Diagnostics;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>ClickHouse's own client for Node.js, unchanged, against the door.</summary>
[Collection(OneDoor.Name)]
public sealed class NpmClientTests(DoorFixture fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [ClickHouseClientFact]
    public async Task Official_client_works_unchanged()
    {
        string[] arguments = [Path.Combine(ClickHouseClientFactAttribute.Peers, "clickhouse.mjs"), fixture.Service.Http.BaseAddress!.AbsoluteUri, "ingest", "rows", "analyst", "analyst's"];
        using Process node = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
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
            await printed);

        // The aborted statement has ended, and everything else.
        await fixture.Service.WaitForAsync("doorStatements", 0);
    }
}
