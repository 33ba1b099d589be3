using System.Net;
using System.Text;

namespace IotTelemetry.Cloud.Tests.Service;

/// <summary>Rows that come with a statement: external tables of a form, and <c>input()</c> of an INSERT.</summary>
[Collection(OneDoor.Name)]
public sealed class DoorExternalTests(DoorFixture fixture)
{
    private readonly ServiceProcess _service = fixture.Service;

    [Fact]
    public async Task Tables_of_a_form_are_there_for_their_statement_alone()
    {
        const string Address = "?query=SELECT+name,+_2.1+FROM+bays+INNER+JOIN+prices+ON+zone+%3D+_1+ORDER+BY+name&bays_structure=name+String,+zone+UInt8&prices_types=UInt8,Tuple(String,String)";
        Assert.Equal("a\t1.5\nb\t1.5\nc\t9\n", await PostAsync(Address, ("bays", "b\t1\na\t1\nc\t2\n"), ("prices", "1\t('1.5','x')\n2\t('9','y')\n")));
        Assert.StartsWith("Code: 60.", await PostAsync("?query=SELECT+*+FROM+bays"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_are_gone_after_a_statement_that_failed_and_leave_a_session_as_it_was()
    {
        const string Table = "&session_id=external&ext_types=UInt8";
        Assert.StartsWith("Code: 395.", await PostAsync($"?query=SELECT+throwIf(_1+%3D+1)+FROM+ext{Table}", ("ext", "1\n")), StringComparison.Ordinal);
        Assert.Equal("2\n", await PostAsync($"?query=SELECT+sum(_1)+FROM+ext{Table}", ("ext", "2\n")));
        Assert.StartsWith("Code: 60.", await PostAsync("?session_id=external&query=SELECT+*+FROM+ext"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statement_and_parameters_may_be_fields_of_the_form()
    {
        using MultipartFormDataContent form = new()
        {
            { new StringContent("SELECT count(), {more:UInt8} FROM ext"), "query" },
            { new StringContent("7"), "param_more" },
            { new StringContent("JSONEachRow"), "ext_format" },
            { new StringContent("n UInt64"), "ext_structure" },
            { new StringContent("""{"n":1}{"n":2}"""), "ext", "rows.json" },
        };
        Assert.Equal("2\t7\n", await PostAsync("", form));
    }

    [Theory]
    [InlineData("", 36)]
    [InlineData("&ext_structure=n+UInt8+DEFAULT+file('/etc/passwd')", 497)]
    [InlineData("&ext_structure=n+UInt8)+ENGINE+%3D+File(CSV", 62)]
    [InlineData("&ext_structure=n+UInt8;+DROP+TABLE+iot.readings", 62)]
    [InlineData("&ext_types=UInt8&ext_format=CSV';", 73)]
    [InlineData("&ext_types=UInt8&max_threads=x", 452)]
    [InlineData("&ext_types=Date", 38)]
    public async Task What_does_not_read_or_reaches_further_is_refused(string fields, int code) =>
        Assert.StartsWith($"Code: {code}.", await PostAsync($"?query=SELECT+*+FROM+ext{fields}", ("ext", "no number\n")), StringComparison.Ordinal);

    [Fact]
    public async Task Form_that_is_too_large_is_refused() =>
        Assert.StartsWith("Code: 229.", await PostAsync("?query=SELECT+1&ext_types=String", ("ext", new string('x', (16 << 20) + 1))), StringComparison.Ordinal);

    [Theory]
    [InlineData("CSV", "4,a\n5,b\n")]
    [InlineData("TSV", "4\ta\n5\tb\n")]
    [InlineData("JSONEachRow", "{\"n\":4,\"name\":\"a\"}\n{\"n\":5,\"name\":\"b\"}\n")]
    public async Task Rows_of_an_insert_may_be_reshaped_on_their_way(string format, string rows)
    {
        using StringContent body = new($"INSERT INTO iot.unfinished (site, gateway, epoch, month, seq) SELECT 'input {format}', name, n * 10, 1, 1 FROM input('n UInt64, name String') WHERE n > 0 FORMAT {format}\n{rows}");
        Assert.Equal("", await PostAsync("?user=ingest&password=rows", body));
        Assert.Equal("a\t40\nb\t50", await _service.QueryAsync($"SELECT gateway, epoch FROM iot.unfinished WHERE site = 'input {format}' ORDER BY epoch"));
    }

    [Fact]
    public async Task Rows_that_do_not_read_and_rows_that_break_off_are_not_inserted()
    {
        const string Insert = "INSERT INTO iot.unfinished (site, gateway, epoch, month, seq) SELECT 'torn', 'g', n, 1, 1 FROM input('n UInt64') FORMAT CSV\n";
        using StringContent wrong = new($"{Insert}1\nno number\n");
        Assert.StartsWith("Code: 117.", await PostAsync("?user=ingest&password=rows", wrong), StringComparison.Ordinal);

        using TornContent torn = new(Encoding.UTF8.GetBytes($"{Insert}{string.Concat(Enumerable.Repeat("1\n", 200_000))}"));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PostAsync("?user=ingest&password=rows", torn));

        await _service.WaitForAsync("doorStatements", 0);
        Assert.Equal("0", await _service.QueryAsync("SELECT count() FROM iot.unfinished WHERE site = 'torn'"));
    }

    [Fact]
    public async Task Query_that_needs_only_the_first_rows_takes_only_those()
    {
        using StringContent body = new($"INSERT INTO iot.unfinished (site, gateway, epoch, month, seq) SELECT 'few', 'g', n, 1, 1 FROM input('n UInt64') LIMIT 3 FORMAT CSV\n{string.Concat(Enumerable.Range(0, 500_000).Select(n => $"{n}\n"))}");
        Assert.Equal("", await PostAsync("?user=ingest&password=rows", body));
        Assert.Equal("3", await _service.QueryAsync("SELECT count() FROM iot.unfinished WHERE site = 'few'"));
    }

    private async Task<string> PostAsync(string address, params (string Name, string Rows)[] tables)
    {
        using MultipartFormDataContent form = [];
        foreach ((string name, string rows) in tables)
        {
            form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(rows)), name, $"{name}.tsv");
        }

        if (tables.Length == 0)
        {
            form.Add(new StringContent("empty"), "quota_key");
        }

        return await PostAsync(address, form);
    }

    private async Task<string> PostAsync(string address, HttpContent body)
    {
        using HttpResponseMessage answer = await _service.Http.PostAsync(new Uri(address, UriKind.Relative), body);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Breaks off after some bytes of a body that should go on.</summary>
    private sealed class TornContent(byte[] bytes) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(bytes);
            await stream.FlushAsync();
            throw new IOException("torn");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
