using System.Net;
using System.Text;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>kill -9 of the service in the midst of an insert and of a result.</summary>
public sealed class DoorKillTests : IDisposable
{
    private const int Rows = 60_000;
    private readonly string _directory = Directory.CreateTempSubdirectory("iot-cloud-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Insert_that_was_cut_off_is_stored_once_when_it_is_repeated_with_its_token()
    {
        byte[] rows = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Rows).Select(i => $"cut,g,{i},1\n")));
        string users = Path.Combine(_directory, "users.json");
        await File.WriteAllTextAsync(users, $$"""{ "users": [ { "name": "default", "role": "analyst" }, { "name": "ingest", "role": "ingest", "password": "{{Cloud.Door.Users.PasswordHash.Create("rows")}}" } ] }""");
        await using (ServiceProcess service = await StartAsync(users))
        {
            using CutContent half = new(rows.AsMemory(0, rows.Length / 2), service.KillAsync);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => InsertAsync(service, half));
        }

        await using (ServiceProcess service = await StartAsync(users))
        {
            Assert.Equal("0", await service.QueryAsync("SELECT count() FROM iot.ledger WHERE site = 'cut'"));
            using ByteArrayContent whole = new(rows);
            Assert.Equal(HttpStatusCode.OK, await InsertAsync(service, whole));
            await service.KillAsync();
        }

        await using ServiceProcess last = await StartAsync(users);
        using ByteArrayContent again = new(rows);
        Assert.Equal(HttpStatusCode.OK, await InsertAsync(last, again));
        Assert.Equal($"{Rows}\t{Rows}", await last.QueryAsync("SELECT count(), uniqExact(epoch) FROM iot.ledger WHERE site = 'cut'"));
    }

    [Fact]
    public async Task Result_that_was_cut_off_is_not_taken_for_whole()
    {
        await using ServiceProcess service = await ServiceProcess.StartAsync(Path.Combine(_directory, "data"));
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri("?query=SELECT+number+FROM+system.numbers+FORMAT+RowBinary", UriKind.Relative));
        using HttpResponseMessage answer = await service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await answer.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[1 << 20];
        await body.ReadExactlyAsync(buffer);

        await service.KillAsync();

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await body.ReadAsync(buffer) > 0)
            {
            }
        });
    }

    private static async Task<HttpStatusCode> InsertAsync(ServiceProcess service, HttpContent rows)
    {
        using HttpRequestMessage request = new(
            HttpMethod.Post, new Uri("?query=INSERT+INTO+iot.ledger+(site,gateway,epoch,seq)+FORMAT+CSV&insert_deduplication_token=cut", UriKind.Relative)) { Content = rows };
        request.Headers.Add("X-ClickHouse-User", "ingest");
        request.Headers.Add("X-ClickHouse-Key", "rows");
        using HttpResponseMessage answer = await service.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private Task<ServiceProcess> StartAsync(string users) => ServiceProcess.StartAsync(Path.Combine(_directory, "data"), "--users", users);

    /// <summary>Sends some bytes of a body that should go on, and then cuts.</summary>
    private sealed class CutContent(ReadOnlyMemory<byte> bytes, Func<Task> cut) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(bytes);
            await stream.FlushAsync();
            await cut();
            await stream.WriteAsync(bytes);
            await stream.FlushAsync();
            await stream.WriteAsync(bytes);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
